/* Quotes and premium payments. */
#include <gongji/db/premiums.h>

enum status db_quote_create(struct db *db, const struct db_call *call, const struct quote_create *in,
                            struct outcome *ret)
{
    return db_batch(db, call, LANE_READ, QUERY_QUOTE_CREATE,
                    DB_PARAMS(in->quote_id, in->insured_no, in->benefit_year, in->product, db_bool(in->amount_sent),
                              in->repair_years),
                    ret);
}

enum status db_premium_pay(struct db *db, const struct db_call *call, const struct premium_pay *in, struct outcome *ret)
{
    return db_batch(db, call, LANE_WRITE, QUERY_PREMIUM_PAY,
                    DB_PARAMS(in->payment_id, in->quote_id, in->fresh_quote_id, in->insured_no, in->benefit_year,
                              in->product, in->expected_fen, db_bool(in->amount_sent), in->name_digests,
                              in->client_reference, in->cash_channel, in->repair_years),
                    ret);
}

enum status db_premium_list(struct db *db, const struct db_call *call, const struct premium_list *in,
                            struct outcome *ret)
{
    return db_run(db, call, QUERY_PREMIUM_LIST, DB_PARAMS(in->insured_no, in->benefit_year), ret);
}
