/* PUT and GET /v1/area-links/{grantor_area}/{beneficiary_area}/{valid_from}: uses for which money may cross. */
#include <gongji/api/api.h>
#include <gongji/api/policy_fields.h>
#include <gongji/db/policies.h>
#include <gongji/domain/civil_date.h>

static struct area_link_key read_key(struct request *rq)
{
    struct area_link_key key = {
        .grantor_area = rq_path(rq, "grantor_area"),
        .beneficiary_area = rq_path(rq, "beneficiary_area"),
        .valid_from = rq_path(rq, "valid_from"),
    };
    if (!civil_date_valid(key.valid_from))
        rq_fault(rq, "{valid_from}", "bad_format", "must be a day as YYYY-MM-DD");
    return key;
}

enum status api_area_link_get(struct app *app, struct request *rq)
{
    struct area_link_key key = read_key(rq);
    struct outcome out;
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    TRY(db_area_link_get(app->db, api_call(app, rq), &key, &out));
    return api_reply(rq, &out);
}

enum status api_area_link_put(struct app *app, struct request *rq)
{
    struct area_link_put in = { .key = read_key(rq) };
    struct outcome out;
    rq_json(rq, area_link_fields(rq_arena(rq), &in, NULL)); /* its faults are counted below, beside the others */
    area_link_check(rq_faults(rq), "", &in);
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    TRY(db_area_link_put(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
