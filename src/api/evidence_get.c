/* GET /v1/evidence/{evidence_id}: a document back as it was uploaded, for its owner and for reviewers. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/base/log.h>
#include <gongji/db/evidence.h>

static const char *member(const struct outcome *out, const char *name)
{
    return json_string_value(json_object_get(out->result, name));
}

static bool opened(struct app *app, struct request *rq, const char *id, const struct outcome *out, struct str *ret)
{
    const char *aad = arena_printf(rq_arena(rq), "evidence.content:%s", id);
    return crypto_open(app->seal_keys, rq_arena(rq), aad, member(out, "content_sealed"), ret);
}

enum status api_evidence_get(struct app *app, struct request *rq)
{
    const char *id = id_strip("evi_", rq_path(rq, "evidence_id"));
    struct outcome out;
    struct str content;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    TRY(db_evidence_get(app->db, api_call(app, rq), id, &out));
    TRY(api_refusal(rq, &out));
    if (!opened(app, rq, id, &out, &content)) {
        log_event(LOG_ERROR, "evidence cannot be opened", LOG_TEXT("evidence_id", rq_path(rq, "evidence_id")));
        return ST_INTERNAL_ERROR;
    }
    /* Somebody else's upload is shown as a file, never as a page of ours. */
    reply_header(rq, "Content-Disposition", "attachment");
    reply_header(rq, "X-Content-Type-Options", "nosniff");
    return reply_bytes(rq, ST_OK, member(&out, "media_type"), content);
}
