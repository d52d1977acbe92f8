/* GET /v1/work-items: payments, refunds and cash that do not go on by themselves, with what to do next. */
#include <gongji/api/api.h>

#include <gongji/db/refunds.h>

enum status api_work_item_list(struct app *app, struct request *rq)
{
    struct list_query list;
    struct outcome out;
    TRY(api_list_query(app, rq, (const struct query_field[]){ { 0 } }, &list));
    TRY(db_work_item_list(app->db, api_call(app, rq), list.filter, list.after, list.limit, &out));
    return api_list_reply(app, rq, &list, &out);
}
