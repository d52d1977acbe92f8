#pragma once
/* Who did or looked at what. */
#include <gongji/db/db.h>

struct audit_list {
    const char *filter, *after, *limit; /* filter: {person_id, subject, from, to} */
};
/* On the long connection: a search by time alone may pass over many rows of other areas. */
enum status db_audit_list(struct db *db, const struct db_call *call, const struct audit_list *in, struct outcome *ret);
