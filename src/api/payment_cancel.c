/* POST /v1/payments/{payment_id}/cancel: gives up a payment that waits for its cash. */
#include <gongji/api/api.h>

#include <gongji/api/explain.h>
#include <gongji/base/id.h>
#include <gongji/db/payments.h>

enum status api_payment_cancel(struct app *app, struct request *rq)
{
    const char *payment_id = id_strip("pay_", rq_path(rq, "payment_id"));
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){ { 0 } }));
    if (payment_id == NULL)
        return ST_PAYMENT_NOT_FOUND;
    TRY(db_payment_cancel(app->db, api_call(app, rq), payment_id, &out));
    TRY(api_refusal(rq, &out));
    explain(rq_arena(rq), out.result, rq_language(rq));
    return api_reply(rq, &out);
}
