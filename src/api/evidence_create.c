/* POST /v1/evidence: a photographed or scanned proof of a relation, sealed before it is stored. */
#include <gongji/api/api.h>

#include <strings.h>

#include <gongji/base/id.h>
#include <gongji/db/evidence.h>

static const char *const TYPES[] = {
    "birth_certificate", "household_register", "marriage_certificate", "guardianship", "other", NULL
};

/* clang-format off */
/* How each of the accepted formats begins; a file is what it is, not what its sender calls it. */
static const struct {
    const char *media_type;
    struct str magic;
} FORMATS[] = {
    { "image/jpeg",      { "\xff\xd8\xff", 3 } },
    { "image/png",       { "\x89PNG\r\n\x1a\n", 8 } },
    { "application/pdf", { "%PDF-", 5 } },
};
/* clang-format on */

static const char *media_type_of(struct str content)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (str_starts(content, FORMATS[i].magic))
            return FORMATS[i].media_type;
    return NULL;
}

static enum status read_upload(struct request *rq, struct evidence_create *ret)
{
    struct str content = rq_bytes(rq);
    const char *declared = rq_header(rq, "Content-Type");
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    ret->type = rq_header(rq, "Evidence-Type");
    if (ret->type == NULL)
        return rq_fault(rq, "Evidence-Type", "missing", "required");
    if (!text_in(ret->type, TYPES))
        return rq_fault(rq, "Evidence-Type", "not_allowed", "is none of the known kinds of document");
    ret->media_type = media_type_of(content);
    if (ret->media_type == NULL || declared == NULL ||
        strncasecmp(declared, ret->media_type, str_of(ret->media_type).length) != 0)
        return ST_MEDIA_TYPE_NOT_SUPPORTED;
    ret->size = (int64_t)content.length;
    ret->sha256 = crypto_sha256_hex(rq_arena(rq), content);
    return ST_OK;
}

static const char *sealed(struct app *app, struct request *rq, const char *id)
{
    const char *aad = arena_printf(rq_arena(rq), "evidence.content:%s", id);
    return crypto_seal(app->seal_keys, rq_arena(rq), aad, rq_bytes(rq));
}

enum status api_evidence_create(struct app *app, struct request *rq)
{
    char id[37];
    struct evidence_create in = { .id = id };
    struct outcome out;
    TRY(read_upload(rq, &in));
    id_new(id);
    in.content_sealed = sealed(app, rq, id);
    TRY(db_evidence_create(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
