/* GET /v1/accounts/me/aid: what relatives can give for a use today, source by source. */
#include <gongji/api/api.h>

#include <gongji/api/policy_fields.h>
#include <gongji/db/accounts.h>

enum status api_account_aid(struct app *app, struct request *rq)
{
    const char *person_no = rq_path(rq, "person_id");
    const char *use = "resident_premium";
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { "use", QUERY_TEXT, &use, .one_of = USES }, { 0 } }));
    if (person_no != NULL)
        TRY(rq_need_reason(rq));
    TRY(db_account_aid(app->db, api_call(app, rq), person_no, use, &out));
    return api_reply(rq, &out);
}
