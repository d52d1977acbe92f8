/* GET /v1/payments: payments that concern the caller, or the person staff name. */
#include <gongji/api/api.h>

#include <gongji/api/explain.h>
#include <gongji/db/payments.h>
#include <gongji/domain/person.h>

/* clang-format off */
static const char *const STATUSES[] = { "succeeded", "awaiting_cash", "cancelled", "expired", "refunding", "refunded",
                                        "manual_review", NULL };
/* clang-format on */

/* Staff must say whose payments; a citizen's are one's own. */
static enum status read_filters(struct app *app, struct request *rq, bool staff, struct list_query *ret)
{
    const char *insured_id = NULL, *reference = NULL, *status = NULL, *from = NULL, *to = NULL, *person_id = NULL;
    const struct query_field fields[] = {
        { "insured_id", QUERY_TEXT, &insured_id, .check = person_no_valid },
        { "client_reference", QUERY_TEXT, &reference, .max = 64 },
        { "status", QUERY_TEXT, &status, .one_of = STATUSES },
        { "from", QUERY_INSTANT, .ret = &from },
        { "to", QUERY_INSTANT, .ret = &to },
        { staff ? "person_id" : NULL, QUERY_TEXT, &person_id, .check = person_no_valid },
        { 0 },
    };
    TRY(api_list_query(app, rq, fields, ret));
    if (staff && json_object_get(ret->filter_json, "person_id") == NULL)
        return rq_fault(rq, "?person_id", "missing", "required");
    return ST_OK;
}

enum status api_payment_list(struct app *app, struct request *rq)
{
    bool staff = text_equal(rq_caller(rq)->scope, "inquiry");
    struct list_query list;
    struct outcome out;
    json_t *payment;
    size_t i;
    TRY(read_filters(app, rq, staff, &list));
    if (staff)
        TRY(rq_need_reason(rq));
    struct payment_list in = { list.filter, list.after, list.limit };
    TRY(db_payment_list(app->db, api_call(app, rq), &in, &out));
    if (status_succeeded(out.code)) {
        json_array_foreach(json_object_get(out.result, "data"), i, payment) {
            explain(rq_arena(rq), payment, rq_language(rq));
        }
    }
    return api_list_reply(app, rq, &list, &out);
}
