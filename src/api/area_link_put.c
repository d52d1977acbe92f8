/* PUT and GET /v1/area-links/{grantor_area}/{beneficiary_area}/{valid_from}: uses for which money may cross. */
#include <gongji/api/api.h>
#include <gongji/api/policy_fields.h>
#include <gongji/db/policies.h>
#include <gongji/domain/civil_date.h>

#include <string.h>

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
    /* clang-format off */
    rq_json(rq, (struct field[]){ /* its faults are counted below, beside the others */
        { "uses",     FIELD_TEXTS, .ret = &in.uses, .one_of = USES },
        { "valid_to", FIELD_DATE,  .ret = &in.valid_to, .optional = true },
        { 0 } });
    /* clang-format on */
    if (in.valid_to && strcmp(in.valid_to, in.key.valid_from) < 0) /* YYYY-MM-DD sorts as text */
        rq_fault(rq, "/valid_to", "out_of_range", "must not be before valid_from");
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    TRY(db_area_link_put(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
