/* PUT and GET /v1/products/{area}/{product}: the premiums an area lists, and which use of an account each is. */
#include <gongji/api/api.h>

#include <gongji/api/policy_fields.h>
#include <gongji/db/policies.h>

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
    rq_json(rq, product_fields(rq_arena(rq), &in, NULL)); /* its faults are counted below, beside the others */
    product_check(rq_faults(rq), "", &in);
    if (rq_faults(rq)->count > 0)
        return ST_VALIDATION_FAILED;
    TRY(db_product_put(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
