/* POST /v1/payments/{payment_id}/resolve and /v1/cash/{cash_id}/resolve: staff decide about cash that fits no payment as it is. */
#include <gongji/api/api.h>

#include <gongji/api/explain.h>
#include <gongji/base/id.h>
#include <gongji/db/refunds.h>

static enum status read_body(struct request *rq, const char *const *actions, const char **ret_action,
                             const char **ret_reason)
{
    return rq_json(rq, (struct field[]){ { "action", FIELD_TEXT, ret_action, .one_of = actions },
                                         { "reason", FIELD_TEXT, ret_reason, .min = 1 },
                                         { 0 } });
}

enum status api_payment_resolve(struct app *app, struct request *rq)
{
    static const char *const ACTIONS[] = { "accept", "refund_cash", NULL };
    const char *payment_id = id_strip("pay_", rq_path(rq, "payment_id")), *action = NULL, *reason = NULL;
    struct outcome out;
    TRY(read_body(rq, ACTIONS, &action, &reason));
    if (payment_id == NULL)
        return ST_PAYMENT_NOT_FOUND;
    TRY(db_payment_resolve(app->db, api_call(app, rq), payment_id, action, reason, &out));
    TRY(api_refusal(rq, &out));
    explain(rq_arena(rq), out.result, rq_language(rq));
    return api_reply(rq, &out);
}

enum status api_cash_resolve(struct app *app, struct request *rq)
{
    static const char *const ACTIONS[] = { "refund_cash", NULL };
    const char *cash_id = id_strip("csh_", rq_path(rq, "cash_id")), *action = NULL, *reason = NULL;
    struct outcome out;
    TRY(read_body(rq, ACTIONS, &action, &reason));
    if (cash_id == NULL)
        return ST_CASH_NOT_FOUND;
    TRY(db_cash_resolve(app->db, api_call(app, rq), cash_id, reason, &out));
    return api_reply(rq, &out);
}
