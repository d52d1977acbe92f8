#pragma once
/* Personal accounts as their holders and staff read them. */
#include <gongji/db/db.h>

/* person_no NULL: the caller's own. Reads go through the combining queue. */
enum status db_account_get(struct db *db, const struct db_call *call, const char *person_no, struct outcome *ret);
/* The same as it was at a past instant (RFC 3339). */
enum status db_account_at(struct db *db, const struct db_call *call, const char *person_no, const char *at,
                          struct outcome *ret);
enum status db_account_aid(struct db *db, const struct db_call *call, const char *person_no, const char *use,
                           struct outcome *ret);

struct account_entries {
    const char *person_no;              /* NULL: the caller's own */
    const char *filter, *after, *limit; /* filter: {from, to, kind}; after: a position, NULL on the first page */
};
enum status db_account_entries(struct db *db, const struct db_call *call, const struct account_entries *in,
                               struct outcome *ret);

struct binding_entries {
    const char *binding_id; /* without its prefix */
    const char *filter, *after, *limit;
};
enum status db_binding_entries(struct db *db, const struct db_call *call, const struct binding_entries *in,
                               struct outcome *ret);
