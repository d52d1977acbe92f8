/* GET /v1/policies/{area}?on=: the rules in force, each with its provenance. */
#include <gongji/api/api.h>
#include <gongji/db/policies.h>

enum status api_policy_get(struct app *app, struct request *rq)
{
    struct policy_get in = { .area = rq_path(rq, "area") };
    struct outcome out;
    TRY(rq_query(rq, (struct query_field[]){ { "on", QUERY_DATE, .ret = &in.on }, { 0 } }));
    TRY(db_policy_get(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
