/* Payments in the database. */
#include <gongji/db/payments.h>

enum status db_payment_get(struct db *db, const struct db_call *call, const char *payment_id, struct outcome *ret)
{
    return db_run(db, call, QUERY_PAYMENT_GET, DB_PARAMS(payment_id), ret);
}

enum status db_payment_receipt(struct db *db, const struct db_call *call, const char *payment_id, struct outcome *ret)
{
    return db_run(db, call, QUERY_PAYMENT_RECEIPT, DB_PARAMS(payment_id), ret);
}

enum status db_payment_list(struct db *db, const struct db_call *call, const struct payment_list *in,
                            struct outcome *ret)
{
    return db_run(db, call, QUERY_PAYMENT_LIST, DB_PARAMS(in->filter, in->after, in->limit), ret);
}
