/* PUT and GET /v1/premium-standards/{area}/{benefit_year}/{product}: amount, benefit period, windows, subsidies. */
#include <gongji/api/api.h>
#include <gongji/api/policy_fields.h>
#include <gongji/db/policies.h>

static struct premium_standard_key read_key(struct request *rq)
{
    struct premium_standard_key key = { .area = rq_path(rq, "area"), .product = rq_path(rq, "product") };
    if (!parse_int64(rq_path(rq, "benefit_year"), &key.benefit_year) || key.benefit_year < BENEFIT_YEAR_MIN ||
        key.benefit_year > BENEFIT_YEAR_MAX)
        rq_fault(rq, "{benefit_year}", "out_of_range", "must be a year");
    if (!product_valid(key.product))
        rq_fault(rq, "{product}", "bad_format", "must be 1 to 40 of a-z, 0-9 and _");
    return key;
}

enum status api_premium_standard_get(struct app *app, struct request *rq)
{
    struct premium_standard_key key = read_key(rq);
    struct outcome out;
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    TRY(db_premium_standard_get(app->db, api_call(app, rq), &key, &out));
    return api_reply(rq, &out);
}

enum status api_premium_standard_put(struct app *app, struct request *rq)
{
    struct premium_standard_key key = read_key(rq);
    struct outcome out;
    rq_json(rq, premium_standard_fields(rq_arena(rq), NULL)); /* its faults are counted below, beside the others */
    premium_standard_check(rq_faults(rq), "", rq_json_body(rq));
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    TRY(db_premium_standard_put(app->db, api_call(app, rq), &key, json_text(rq_arena(rq), rq_json_body(rq)), &out));
    return api_reply(rq, &out);
}
