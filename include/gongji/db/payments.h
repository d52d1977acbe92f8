#pragma once
/* Payments as the people they concern and staff read them. Ids come without their prefix. */
#include <gongji/db/db.h>

enum status db_payment_get(struct db *db, const struct db_call *call, const char *payment_id, struct outcome *ret);
enum status db_payment_receipt(struct db *db, const struct db_call *call, const char *payment_id, struct outcome *ret);

/* filter: {insured_id, client_reference, status, from, to, person_id}; after: a position, NULL on the first page. */
struct payment_list {
    const char *filter, *after, *limit;
};
enum status db_payment_list(struct db *db, const struct db_call *call, const struct payment_list *in,
                            struct outcome *ret);

/* What happened to it, oldest first. */
enum status db_payment_history(struct db *db, const struct db_call *call, const char *payment_id, struct outcome *ret);
/* Given up by payer or insured while it waits for its cash. */
enum status db_payment_cancel(struct db *db, const struct db_call *call, const char *payment_id, struct outcome *ret);

/* Cash received, as a counter or a channel's backend tells it. */
struct payment_cash {
    const char *payment_id, *channel, *transaction_id;
    const char *amount_fen, *paid_at; /* RFC 3339 */
};
enum status db_payment_cash(struct db *db, const struct db_call *call, const struct payment_cash *in,
                            struct outcome *ret);

/* Releases what waited too long, at most `limit` payments: {"expired": n, "adopted": true when early cash found its payment}. */
enum status db_payments_expire(struct db *db, const struct db_call *call, const char *limit, struct outcome *ret);
enum status db_work_gauges(struct db *db, const struct db_call *call, struct outcome *ret);

/* Cash that a channel's own notice tells, under our number of the order: OK, or CASH_TRANSACTION_REUSED. */
struct cash_notify {
    const char *channel, *out_trade_no, *transaction_id;
    const char *amount_fen, *paid_at; /* RFC 3339 */
};
enum status db_cash_notify(struct db *db, const struct db_call *call, const struct cash_notify *in,
                           struct outcome *ret);
