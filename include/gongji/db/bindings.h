#pragma once
/* Family bindings. Ids are UUIDs without their prefix; NULL stands for what cannot be one, and is answered as not found. */
#include <gongji/db/db.h>

struct binding_create {
    const char *id;
    const char *blind_indexes, *match_digests; /* text[], element i under index key i */
    const char *relation, *notice_version;
    const char *evidence_ids;          /* uuid[] */
    const char *valid_from, *valid_to; /* YYYY-MM-DD, both days included; NULL: open */
};
/* ST_RATE_LIMITED after ten wrong identities of a day, with {retry_after} in seconds. */
enum status db_binding_create(struct db *db, const struct db_call *call, const struct binding_create *in,
                              struct outcome *ret);
enum status db_binding_options(struct db *db, const struct db_call *call, struct outcome *ret);

struct binding_list {
    const char *person_no;              /* whom staff ask about; NULL for citizens, who ask about themselves */
    const char *filter, *after, *limit; /* of a list_query */
};
enum status db_binding_list(struct db *db, const struct db_call *call, const struct binding_list *in,
                            struct outcome *ret);
enum status db_binding_get(struct db *db, const struct db_call *call, const char *id, struct outcome *ret);
enum status db_binding_history(struct db *db, const struct db_call *call, const char *id, struct outcome *ret);

enum status db_binding_withdraw(struct db *db, const struct db_call *call, const char *id, struct outcome *ret);
enum status db_binding_release(struct db *db, const struct db_call *call, const char *id, const char *reason,
                               struct outcome *ret);
enum status db_binding_priority(struct db *db, const struct db_call *call, const char *id, int64_t priority,
                                struct outcome *ret);
/* per_payment_cap_fen: NULL takes the limit away. */
enum status db_binding_cap(struct db *db, const struct db_call *call, const char *id, const char *per_payment_cap_fen,
                           struct outcome *ret);
enum status db_binding_evidence(struct db *db, const struct db_call *call, const char *id, const char *evidence_ids,
                                struct outcome *ret);
