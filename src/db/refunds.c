/* Refunds and decisions about cash in the database. */
#include <gongji/db/refunds.h>

enum status db_refund_create(struct db *db, const struct db_call *call, const struct refund_create *in,
                             struct outcome *ret)
{
    return db_run(db, call, QUERY_REFUND_CREATE, DB_PARAMS(in->payment_id, in->refund_id, in->reason_code, in->reason),
                  ret);
}

enum status db_refund_get(struct db *db, const struct db_call *call, const char *refund_id, struct outcome *ret)
{
    return db_run(db, call, QUERY_REFUND_GET, DB_PARAMS(refund_id), ret);
}

enum status db_refund_result(struct db *db, const struct db_call *call, const struct refund_result *in,
                             struct outcome *ret)
{
    return db_run(db, call, QUERY_REFUND_RESULT,
                  DB_PARAMS(in->refund_id, in->channel_status, in->out_refund_no, in->channel_refund_no), ret);
}

enum status db_payment_resolve(struct db *db, const struct db_call *call, const char *payment_id, const char *action,
                               const char *reason, struct outcome *ret)
{
    return db_run(db, call, QUERY_PAYMENT_RESOLVE, DB_PARAMS(payment_id, action, reason), ret);
}

enum status db_cash_resolve(struct db *db, const struct db_call *call, const char *cash_id, const char *reason,
                            struct outcome *ret)
{
    return db_run(db, call, QUERY_CASH_RESOLVE, DB_PARAMS(cash_id, reason), ret);
}

enum status db_refund_list(struct db *db, const struct db_call *call, const char *filter, const char *after,
                           const char *limit, struct outcome *ret)
{
    return db_run(db, call, QUERY_REFUND_LIST, DB_PARAMS(filter, after, limit), ret);
}

enum status db_work_item_list(struct db *db, const struct db_call *call, const char *filter, const char *after,
                              const char *limit, struct outcome *ret)
{
    return db_run(db, call, QUERY_WORK_ITEM_LIST, DB_PARAMS(filter, after, limit), ret);
}
