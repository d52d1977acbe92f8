/* POST /v1/refunds/{refund_id}/result: how the cash of a refund stands at its channel. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/refunds.h>
#include <gongji/domain/cash.h>

static const char *const CHANNEL_STATUSES[] = { "PROCESSING", "SUCCESS", "CLOSED", "ABNORMAL", NULL };

enum status api_refund_result(struct app *app, struct request *rq)
{
    struct refund_result in = { .refund_id = id_strip("rfd_", rq_path(rq, "refund_id")) };
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){ { "status", FIELD_TEXT, &in.channel_status, .one_of = CHANNEL_STATUSES },
                                      { "out_refund_no", FIELD_TEXT, &in.out_refund_no, .optional = true,
                                        .check = cash_transaction_valid },
                                      { "channel_refund_no", FIELD_TEXT, &in.channel_refund_no, .optional = true,
                                        .check = cash_transaction_valid },
                                      { 0 } }));
    if (in.refund_id == NULL)
        return ST_REFUND_NOT_FOUND;
    TRY(db_refund_result(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
