/* Policies, premium standards and area links in the database. */
#include <gongji/db/policies.h>

enum status db_policy_get(struct db *db, const struct db_call *call, const struct policy_get *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_POLICY_GET, DB_PARAMS(in->area, in->on), ret);
}

enum status db_policy_put(struct db *db, const struct db_call *call, const struct policy_put *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_POLICY_PUT, DB_PARAMS(in->area, in->valid_from, in->document), ret);
}

enum status db_policy_load(struct db *db, const struct db_call *call, const struct policy_load *in, struct outcome *ret)
{
    return db_run_long(db, call, QUERY_POLICY_LOAD, DB_PARAMS(in->area, in->rows), ret);
}

enum status db_premium_standard_get(struct db *db, const struct db_call *call, const struct premium_standard_key *in,
                                    struct outcome *ret)
{
    const char *year = db_int(call->arena, in->benefit_year);
    return db_run(db, call, QUERY_PREMIUM_STANDARD_GET, DB_PARAMS(in->area, year, in->product), ret);
}

enum status db_premium_standard_put(struct db *db, const struct db_call *call, const struct premium_standard_key *in,
                                    const char *document, struct outcome *ret)
{
    const char *year = db_int(call->arena, in->benefit_year);
    return db_run(db, call, QUERY_PREMIUM_STANDARD_PUT, DB_PARAMS(in->area, year, in->product, document), ret);
}

enum status db_product_get(struct db *db, const struct db_call *call, const struct product_key *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_PRODUCT_GET, DB_PARAMS(in->area, in->product), ret);
}

enum status db_product_put(struct db *db, const struct db_call *call, const struct product_put *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_PRODUCT_PUT,
                  DB_PARAMS(in->key.area, in->key.product, in->use, in->scheme, in->valid_from, in->valid_to), ret);
}

enum status db_area_link_get(struct db *db, const struct db_call *call, const struct area_link_key *in,
                             struct outcome *ret)
{
    return db_run(db, call, QUERY_AREA_LINK_GET, DB_PARAMS(in->grantor_area, in->beneficiary_area, in->valid_from),
                  ret);
}

enum status db_area_link_put(struct db *db, const struct db_call *call, const struct area_link_put *in,
                             struct outcome *ret)
{
    const struct area_link_key *key = &in->key;
    const char *uses = db_array_of(call->arena, in->uses);
    return db_run(db, call, QUERY_AREA_LINK_PUT,
                  DB_PARAMS(key->grantor_area, key->beneficiary_area, key->valid_from, in->valid_to, uses), ret);
}

enum status db_policy_what_if(struct db *db, const struct db_call *call, const struct policy_what_if *in,
                              struct outcome *ret)
{
    return db_run_long(db, call, QUERY_POLICY_WHAT_IF, DB_PARAMS(in->area, in->from, in->to, in->changes), ret);
}
