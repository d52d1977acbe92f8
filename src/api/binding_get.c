/* GET /v1/bindings/options, /v1/bindings/{binding_id} and …/history: what may be applied for, what became of it. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/bindings.h>

enum status api_binding_options(struct app *app, struct request *rq)
{
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    TRY(db_binding_options(app->db, api_call(app, rq), &out));
    return api_reply(rq, &out);
}

typedef enum status read_binding(struct db *db, const struct db_call *call, const char *id, struct outcome *ret);

static enum status reply_read(struct app *app, struct request *rq, read_binding *read)
{
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    if (text_equal(rq_caller(rq)->scope, "inquiry"))
        TRY(rq_need_reason(rq));
    TRY(read(app->db, api_call(app, rq), id_strip("bnd_", rq_path(rq, "binding_id")), &out));
    return api_reply(rq, &out);
}

enum status api_binding_get(struct app *app, struct request *rq)
{
    return reply_read(app, rq, db_binding_get);
}

enum status api_binding_history(struct app *app, struct request *rq)
{
    return reply_read(app, rq, db_binding_history);
}
