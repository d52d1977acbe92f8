#pragma once
/* Money going back, and what does not go on by itself. Ids come without their prefix. */
#include <gongji/db/db.h>

struct refund_create {
    const char *payment_id, *refund_id; /* uuids */
    const char *reason_code, *reason;   /* reason may be NULL */
};
enum status db_refund_create(struct db *db, const struct db_call *call, const struct refund_create *in,
                             struct outcome *ret);
enum status db_refund_get(struct db *db, const struct db_call *call, const char *refund_id, struct outcome *ret);

/* How the cash stands at its channel; numbers may be NULL. */
struct refund_result {
    const char *refund_id, *channel_status, *out_refund_no, *channel_refund_no;
};
enum status db_refund_result(struct db *db, const struct db_call *call, const struct refund_result *in,
                             struct outcome *ret);

/* A staff decision about cash: of a payment in manual review (accept, refund_cash), or of an order that is none of ours. */
enum status db_payment_resolve(struct db *db, const struct db_call *call, const char *payment_id, const char *action,
                               const char *reason, struct outcome *ret);
enum status db_cash_resolve(struct db *db, const struct db_call *call, const char *cash_id, const char *reason,
                            struct outcome *ret);

/* filter: {status} for refunds; after: a position, NULL on the first page. */
enum status db_refund_list(struct db *db, const struct db_call *call, const char *filter, const char *after,
                           const char *limit, struct outcome *ret);
enum status db_work_item_list(struct db *db, const struct db_call *call, const char *filter, const char *after,
                              const char *limit, struct outcome *ret);
