/* GET /v1/refunds/{refund_id}: one refund with its history. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/refunds.h>

enum status api_refund_get(struct app *app, struct request *rq)
{
    const char *refund_id = id_strip("rfd_", rq_path(rq, "refund_id"));
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    if (refund_id == NULL)
        return ST_REFUND_NOT_FOUND;
    TRY(db_refund_get(app->db, api_call_refunder(app, rq), refund_id, &out));
    return api_reply(rq, &out);
}
