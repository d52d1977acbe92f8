/* GET /v1/payments/{payment_id}/history: what happened to a payment, and by whom. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/payments.h>

enum status api_payment_history(struct app *app, struct request *rq)
{
    const char *payment_id = id_strip("pay_", rq_path(rq, "payment_id"));
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    if (text_equal(rq_caller(rq)->scope, "inquiry"))
        TRY(rq_need_reason(rq));
    if (payment_id == NULL)
        return ST_PAYMENT_NOT_FOUND;
    TRY(db_payment_history(app->db, api_call(app, rq), payment_id, &out));
    return api_reply(rq, &out);
}
