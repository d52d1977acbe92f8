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

enum status db_payment_history(struct db *db, const struct db_call *call, const char *payment_id, struct outcome *ret)
{
    return db_run(db, call, QUERY_PAYMENT_HISTORY, DB_PARAMS(payment_id), ret);
}

enum status db_payment_cancel(struct db *db, const struct db_call *call, const char *payment_id, struct outcome *ret)
{
    return db_run(db, call, QUERY_PAYMENT_CANCEL, DB_PARAMS(payment_id), ret);
}

enum status db_payment_cash(struct db *db, const struct db_call *call, const struct payment_cash *in,
                            struct outcome *ret)
{
    return db_run(db, call, QUERY_PAYMENT_CASH,
                  DB_PARAMS(in->payment_id, in->channel, in->transaction_id, in->amount_fen, in->paid_at), ret);
}

enum status db_payments_expire(struct db *db, const struct db_call *call, const char *limit, struct outcome *ret)
{
    return db_run(db, call, QUERY_PAYMENTS_EXPIRE, DB_PARAMS(limit), ret);
}

enum status db_cash_notify(struct db *db, const struct db_call *call, const struct cash_notify *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_CASH_NOTIFY,
                  DB_PARAMS(in->channel, in->out_trade_no, in->transaction_id, in->amount_fen, in->paid_at), ret);
}

enum status db_work_gauges(struct db *db, const struct db_call *call, struct outcome *ret)
{
    return db_run(db, call, QUERY_WORK_GAUGES, NULL, 0, ret);
}
