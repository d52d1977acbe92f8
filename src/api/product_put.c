/* PUT and GET /v1/products/{area}/{product}: the premiums an area lists, and which use of an account each is. */
#include <gongji/api/api.h>

#include <string.h>

#include <gongji/api/policy_fields.h>
#include <gongji/db/policies.h>
#include <gongji/domain/person.h>

static const char *const PRODUCT_USES[] = { "resident_premium",      "large_amount_subsidy", "long_term_care",
                                            "commercial_supplement", "city_inclusive",       NULL };

static struct product_key read_key(struct request *rq)
{
    struct product_key key = { .area = rq_path(rq, "area"), .product = rq_path(rq, "product") };
    if (!product_valid(key.product))
        rq_fault(rq, "{product}", "bad_format", "must be 1 to 40 of a-z, 0-9 and _");
    return key;
}

enum status api_product_get(struct app *app, struct request *rq)
{
    struct product_key key = read_key(rq);
    struct outcome out;
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    TRY(db_product_get(app->db, api_call(app, rq), &key, &out));
    return api_reply(rq, &out);
}

enum status api_product_put(struct app *app, struct request *rq)
{
    struct product_put in = { .key = read_key(rq) };
    struct outcome out;
    /* clang-format off */
    rq_json(rq, (struct field[]){ /* its faults are counted below, beside the others */
        { "use",        FIELD_TEXT, &in.use,        .one_of = PRODUCT_USES },
        { "scheme",     FIELD_TEXT, &in.scheme,     .one_of = SCHEMES, .optional = true },
        { "valid_from", FIELD_DATE, &in.valid_from },
        { "valid_to",   FIELD_DATE, &in.valid_to,   .optional = true },
        { 0 } });
    /* clang-format on */
    if (in.valid_from && in.valid_to && strcmp(in.valid_to, in.valid_from) < 0) /* YYYY-MM-DD sorts as text */
        rq_fault(rq, "/valid_to", "out_of_range", "must not be before valid_from");
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    TRY(db_product_put(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
