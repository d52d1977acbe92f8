/* GET /v1/accounts/me and /v1/accounts/{person_id}: the balance, bucket by bucket, and what of it may be shared. */
#include <gongji/api/api.h>

#include <gongji/db/accounts.h>

enum status api_account_get(struct app *app, struct request *rq)
{
    const char *person_no = rq_path(rq, "person_id");
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    if (person_no != NULL)
        TRY(rq_need_reason(rq));
    TRY(db_account_get(app->db, api_call(app, rq), person_no, &out));
    return api_reply(rq, &out);
}
