#pragma once
/* The register: persons, what is paid into their accounts, the years they were enrolled. Names and ID numbers come sealed and digested. */
#include <gongji/db/db.h>

/* record: {person_no, name_sealed, …} as gongji.person_write takes it. */
enum status db_person_put(struct db *db, const struct db_call *call, const char *record, struct outcome *ret);
enum status db_person_get(struct db *db, const struct db_call *call, const char *person_no, struct outcome *ret);

struct person_resolve {
    const char *blind_indexes, *match_digests; /* text[], element i under index key i */
};
enum status db_person_resolve(struct db *db, const struct db_call *call, const struct person_resolve *in,
                              struct outcome *ret);

struct person_freeze {
    const char *person_no, *reason;
    bool frozen;
};
enum status db_person_freeze(struct db *db, const struct db_call *call, const struct person_freeze *in,
                             struct outcome *ret);

struct account_close {
    const char *person_no, *id, *reason, *payee_sealed; /* id: of the closure, should there be one */
};
enum status db_account_close(struct db *db, const struct db_call *call, const struct account_close *in,
                             struct outcome *ret);

/* ST_VALIDATION_FAILED with {pointer} when only the database knew: /year is to come, /amount_fen would be more than an account holds. */
struct contribution_create {
    const char *person_no, *reference;
    int64_t amount_fen, year;
};
enum status db_contribution_create(struct db *db, const struct db_call *call, const struct contribution_create *in,
                                   struct outcome *ret);

struct enrollment_put {
    const char *person_no;
    int64_t benefit_year;
    bool enrolled;
};
enum status db_enrollment_put(struct db *db, const struct db_call *call, const struct enrollment_put *in,
                              struct outcome *ret);

/* A chunk of records of one kind (QUERY_PERSON_IMPORT …) as a JSON array; gives [{code, extras}], one a record. On the long connection. */
enum status db_import(struct db *db, const struct db_call *call, enum query kind, const char *records,
                      struct outcome *ret);
