/* POST /v1/policies/{area}/what-if: what other rules would have made of a period's payments. */
#include <gongji/api/api.h>

#include <gongji/api/policy_fields.h>
#include <gongji/base/clock.h>
#include <gongji/db/policies.h>
#include <gongji/domain/civil_date.h>

enum { REPLAY_S = 300 };

static bool moment_valid(const char *text)
{
    int64_t at_us;
    return civil_instant(text, &at_us);
}

/* A bare day is its 00:00. */
static const char *moment(struct arena *arena, const char *text)
{
    int64_t at_us = 0;
    char plain[33];
    civil_instant(text, &at_us);
    clock_rfc3339(at_us, plain);
    return arena_strdup(arena, plain);
}

enum status api_policy_what_if(struct app *app, struct request *rq)
{
    struct arena *arena = rq_arena(rq);
    struct policy_what_if in = { .area = rq_path(rq, "area") };
    struct outcome out;
    rq_json(rq, (struct field[]){ { "from", FIELD_TEXT, &in.from, .check = moment_valid },
                                  { "to", FIELD_TEXT, &in.to, .check = moment_valid },
                                  { "changes", FIELD_OBJECT, .members = policy_rule_fields(arena) },
                                  { 0 } });
    const json_t *changes = json_object_get(rq_json_body(rq), "changes");
    policy_check(rq_faults(rq), "/changes", changes);
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    in.from = moment(arena, in.from);
    in.to = moment(arena, in.to);
    in.changes = json_text(arena, changes); /* whole: a member that is null is stated */
    struct db_call *call = api_long_call(app, rq);
    call->deadline_us = clock_mono_us() + (int64_t)REPLAY_S * 1000 * 1000;
    TRY(db_policy_what_if(app->db, call, &in, &out));
    return api_reply(rq, &out);
}
