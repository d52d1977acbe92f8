/* POST /v1/bindings/{binding_id}/withdraw and …/release: an application taken back, a binding ended by one side. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/bindings.h>

enum status api_binding_withdraw(struct app *app, struct request *rq)
{
    struct outcome out;
    TRY(rq_json(rq, (const struct field[]){ { 0 } }));
    TRY(db_binding_withdraw(app->db, api_call(app, rq), id_strip("bnd_", rq_path(rq, "binding_id")), &out));
    return api_reply(rq, &out);
}

enum status api_binding_release(struct app *app, struct request *rq)
{
    const char *reason = NULL;
    struct outcome out;
    TRY(rq_json(rq, (const struct field[]){ { "reason", FIELD_TEXT, &reason, .optional = true }, { 0 } }));
    TRY(db_binding_release(app->db, api_call(app, rq), id_strip("bnd_", rq_path(rq, "binding_id")), reason, &out));
    return api_reply(rq, &out);
}
