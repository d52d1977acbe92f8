#pragma once
/* What the books say about a period or a day; all on the long connection. */
#include <gongji/db/db.h>

/* filter: {from, to, area} */
enum status db_report_funds(struct db *db, const struct db_call *call, const char *filter, struct outcome *ret);
/* channel NULL: all. */
enum status db_reconciliation_get(struct db *db, const struct db_call *call, const char *date, const char *channel,
                                  struct outcome *ret);
/* bill: [{payment_id, amount_fen, line}] */
enum status db_reconciliation_compare(struct db *db, const struct db_call *call, const char *date, const char *channel,
                                      const char *bill, struct outcome *ret);
/* bill: [{transaction_id, refund_no?, amount_fen, line}], below zero what was paid back */
enum status db_reconciliation_cash(struct db *db, const struct db_call *call, const char *date,
                                   const char *cash_channel, const char *bill, struct outcome *ret);
