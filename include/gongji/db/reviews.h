#pragma once
/* The review desk: the queue, leases of 15 minutes, decisions. */
#include <gongji/db/db.h>

struct review_list {
    const char *filter, *after, *limit; /* of a list_query: state, area, overdue */
};
enum status db_review_list(struct db *db, const struct db_call *call, const struct review_list *in,
                           struct outcome *ret);
/* ST_NO_CONTENT when nothing waits; area NULL: any of the caller's. */
enum status db_review_claim(struct db *db, const struct db_call *call, const char *area, struct outcome *ret);

struct review_decide {
    const char *binding_id; /* NULL is answered as not found */
    const char *decision;   /* approve reject request_more */
    const char *reason_code, *reason;
};
enum status db_review_decide(struct db *db, const struct db_call *call, const struct review_decide *in,
                             struct outcome *ret);
