/* POST /v1/payments/{payment_id}/refunds: gives a payment back, by staff or by its payer. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/refunds.h>

static const char *const REASONS[] = { "joined_employee", "duplicate", "wrong_insured", "death", "other", NULL };

enum status api_refund_create(struct app *app, struct request *rq)
{
    char id[37];
    struct refund_create in = { .payment_id = id_strip("pay_", rq_path(rq, "payment_id")), .refund_id = id };
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){ { "reason_code", FIELD_TEXT, &in.reason_code, .one_of = REASONS },
                                      { "reason", FIELD_TEXT, &in.reason, .optional = true },
                                      { 0 } }));
    if (in.payment_id == NULL)
        return ST_PAYMENT_NOT_FOUND;
    id_new(id);
    TRY(db_refund_create(app->db, api_call_refunder(app, rq), &in, &out));
    return api_reply(rq, &out);
}
