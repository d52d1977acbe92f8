/* PUT /v1/bindings/{binding_id}/priority: a grantor's place in the order in which a beneficiary's grantors give. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/bindings.h>

enum { PRIORITY_MAX = 1000 };

enum status api_binding_priority(struct app *app, struct request *rq)
{
    int64_t priority;
    struct outcome out;
    const struct field field = { "priority", FIELD_INT, &priority, .min = 1, .max = PRIORITY_MAX };
    TRY(rq_json(rq, (const struct field[]){ field, { 0 } }));
    TRY(db_binding_priority(app->db, api_call(app, rq), id_strip("bnd_", rq_path(rq, "binding_id")), priority, &out));
    return api_reply(rq, &out);
}
