/* GET /v1/accounts/me and /v1/accounts/{person_id}: the balance, bucket by bucket, and what of it may be shared; now, or
 * as it was at any past moment. */
#include <gongji/api/api.h>

#include <gongji/db/accounts.h>

enum status api_account_get(struct app *app, struct request *rq)
{
    const char *as_of = NULL, *person_no = rq_path(rq, "person_id");
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { "as_of", QUERY_INSTANT, .ret = &as_of }, { 0 } }));
    if (person_no != NULL)
        TRY(rq_need_reason(rq));
    struct db_call *call = api_call(app, rq);
    call->passed_on = true;
    TRY(as_of ? db_account_at(app->db, call, person_no, as_of, &out) : db_account_get(app->db, call, person_no, &out));
    return api_reply(rq, &out);
}
