/* POST /v1/bindings: a grantor applies to share the personal account with a relative. */
#include <gongji/api/api.h>

#include <string.h>

#include <gongji/base/clock.h>
#include <gongji/base/id.h>
#include <gongji/db/bindings.h>
#include <gongji/db/evidence.h>
#include <gongji/domain/civil_date.h>
#include <gongji/domain/relation.h>

enum { EVIDENCE_MAX = 10, NOTICE_VERSION_MAX = 64 };

struct application {
    const char *name, *id_number;
    json_t *evidence_ids;
    struct binding_create binding;
};

static enum status read_body(struct request *rq, struct application *ret)
{
    /* clang-format off */
    const struct field beneficiary[] = {
        { "name",      FIELD_TEXT, &ret->name,      .min = 1 },
        { "id_number", FIELD_TEXT, &ret->id_number, .min = 1 },
        { 0 } };
    const struct field fields[] = {
        { "beneficiary",    FIELD_OBJECT, .members = beneficiary },
        { "relation",       FIELD_TEXT,   &ret->binding.relation,       .one_of = RELATIONS },
        { "notice_version", FIELD_TEXT,   &ret->binding.notice_version, .min = 1, .max = NOTICE_VERSION_MAX },
        { "evidence_ids",   FIELD_TEXTS,  &ret->evidence_ids,           .optional = true, .max = EVIDENCE_MAX,
          .check = evidence_id_valid },
        { "valid_from",     FIELD_DATE,   &ret->binding.valid_from,     .optional = true },
        { "valid_to",       FIELD_DATE,   &ret->binding.valid_to,       .optional = true },
        { 0 } };
    /* clang-format on */
    return rq_json(rq, fields);
}

/* Dates of one length and zero-padded: they compare as text. */
static enum status check_dates(struct request *rq, const struct binding_create *in)
{
    char today[11];
    civil_date_of(clock_now_us(), today);
    if (in->valid_to == NULL)
        return ST_OK;
    if (strcmp(in->valid_to, today) < 0)
        return rq_fault(rq, "/valid_to", "out_of_range", "is over already");
    if (in->valid_from != NULL && strcmp(in->valid_to, in->valid_from) < 0)
        return rq_fault(rq, "/valid_to", "out_of_range", "is before valid_from");
    return ST_OK;
}

enum status api_binding_create(struct app *app, struct request *rq)
{
    char id[37];
    struct application in = { 0 };
    struct identity who;
    struct outcome out;
    TRY(read_body(rq, &in));
    TRY(check_dates(rq, &in.binding));
    TRY(api_identity(app, rq, "/beneficiary", in.name, in.id_number, &who));
    id_new(id);
    in.binding.id = id;
    in.binding.blind_indexes = who.blind_indexes;
    in.binding.match_digests = who.match_digests;
    in.binding.evidence_ids = evidence_ids(rq_arena(rq), in.evidence_ids);
    TRY(db_binding_create(app->db, api_call(app, rq), &in.binding, &out));
    return api_reply(rq, &out);
}
