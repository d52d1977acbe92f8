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
