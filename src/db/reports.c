/* Reports and reconciliation in the database. */
#include <gongji/db/reports.h>

enum status db_report_funds(struct db *db, const struct db_call *call, const char *filter, struct outcome *ret)
{
    return db_run_long(db, call, QUERY_REPORT_FUNDS, DB_PARAMS(filter), ret);
}

enum status db_reconciliation_get(struct db *db, const struct db_call *call, const char *date, const char *channel,
                                  struct outcome *ret)
{
    return db_run_long(db, call, QUERY_RECONCILIATION_GET, DB_PARAMS(date, channel), ret);
}

enum status db_reconciliation_compare(struct db *db, const struct db_call *call, const char *date, const char *channel,
                                      const char *bill, struct outcome *ret)
{
    return db_run_long(db, call, QUERY_RECONCILIATION_COMPARE, DB_PARAMS(date, channel, bill), ret);
}

enum status db_reconciliation_cash(struct db *db, const struct db_call *call, const char *date,
                                   const char *cash_channel, const char *bill, struct outcome *ret)
{
    return db_run_long(db, call, QUERY_RECONCILIATION_CASH, DB_PARAMS(date, cash_channel, bill), ret);
}
