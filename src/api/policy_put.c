/* PUT /v1/policies/{area}/{valid_from}: a new version of what an area states. */
#include <gongji/api/api.h>
#include <gongji/api/policy_fields.h>
#include <gongji/db/policies.h>
#include <gongji/domain/civil_date.h>

static enum status read_policy(struct request *rq, struct policy_put *in)
{
    struct arena *arena = rq_arena(rq);
    if (!civil_date_valid(in->valid_from))
        rq_fault(rq, "{valid_from}", "bad_format", "must be a day as YYYY-MM-DD");
    rq_json(rq, policy_fields(arena, NULL)); /* its faults are counted below, beside the others */
    policy_check(rq_faults(rq), "", rq_json_body(rq));
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    in->document = json_text(arena, rq_json_body(rq)); /* whole: a member that is null is stated */
    return ST_OK;
}

enum status api_policy_put(struct app *app, struct request *rq)
{
    struct policy_put in = { .area = rq_path(rq, "area"), .valid_from = rq_path(rq, "valid_from") };
    struct outcome out;
    TRY(read_policy(rq, &in));
    TRY(db_policy_put(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
