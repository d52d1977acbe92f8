/* POST /v1/payments/{payment_id}/cash: a counter or a channel's backend tells of cash it received. */
#include <gongji/api/api.h>

#include <gongji/api/explain.h>
#include <gongji/base/clock.h>
#include <gongji/base/id.h>
#include <gongji/base/metrics.h>
#include <gongji/base/str.h>
#include <gongji/db/payments.h>
#include <gongji/domain/cash.h>
#include <gongji/domain/civil_date.h>
#include <gongji/domain/money.h>

static enum status read_body(struct request *rq, struct payment_cash *ret)
{
    int64_t amount_fen = 0, paid_us = 0;
    char paid_at[33];
    TRY(rq_json(rq, (struct field[]){ { "channel", FIELD_TEXT, &ret->channel, .one_of = CASH_CHANNELS },
                                      { "transaction_id", FIELD_TEXT, &ret->transaction_id, .max = 64,
                                        .check = cash_transaction_valid },
                                      { "amount_fen", FIELD_INT, &amount_fen, .min = 1, .max = FEN_MAX },
                                      { "paid_at", FIELD_TEXT, &ret->paid_at, .check = cash_instant_valid },
                                      { 0 } }));
    civil_instant(ret->paid_at, &paid_us);
    clock_rfc3339(paid_us, paid_at);
    ret->amount_fen = db_int(rq_arena(rq), amount_fen);
    ret->paid_at = arena_strdup(rq_arena(rq), paid_at);
    return ST_OK;
}

void api_count_cash(const char *outcome)
{
    if (text_equal(outcome, "captured"))
        metric_add(METRIC_CASH_CAPTURED, 1);
    else if (text_equal(outcome, "manual_review"))
        metric_add(METRIC_CASH_IN_REVIEW, 1);
    else if (text_equal(outcome, "to_refund"))
        metric_add(METRIC_CASH_TO_REFUND, 1);
}

enum status api_payment_cash(struct app *app, struct request *rq)
{
    struct payment_cash in = { .payment_id = id_strip("pay_", rq_path(rq, "payment_id")) };
    struct outcome out;
    TRY(read_body(rq, &in));
    if (in.payment_id == NULL)
        return ST_PAYMENT_NOT_FOUND;
    TRY(db_payment_cash(app->db, api_call(app, rq), &in, &out));
    TRY(api_refusal(rq, &out));
    if (!out.replayed)
        api_count_cash(json_string_value(json_object_get(json_object_get(out.result, "received"), "outcome")));
    explain(rq_arena(rq), out.result, rq_language(rq));
    return api_reply(rq, &out);
}
