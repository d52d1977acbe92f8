/* GET /v1/refunds: refunds by status, oldest first; the list a channel's backend works off. */
#include <gongji/api/api.h>

#include <gongji/db/refunds.h>

static const char *const STATUSES[] = { "processing", "succeeded", "failed", NULL };

enum status api_refund_list(struct app *app, struct request *rq)
{
    const char *status = NULL;
    const struct query_field fields[] = { { "status", QUERY_TEXT, &status, .one_of = STATUSES }, { 0 } };
    struct list_query list;
    struct outcome out;
    TRY(api_list_query(app, rq, fields, &list));
    TRY(db_refund_list(app->db, api_call_refunder(app, rq), list.filter, list.after, list.limit, &out));
    return api_list_reply(app, rq, &list, &out);
}
