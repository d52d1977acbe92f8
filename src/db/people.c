/* The register in the database. */
#include <gongji/db/people.h>

enum status db_person_put(struct db *db, const struct db_call *call, const char *record, struct outcome *ret)
{
    return db_run(db, call, QUERY_PERSON_PUT, DB_PARAMS(record), ret);
}

enum status db_person_get(struct db *db, const struct db_call *call, const char *person_no, struct outcome *ret)
{
    return db_run(db, call, QUERY_PERSON_GET, DB_PARAMS(person_no), ret);
}

enum status db_person_resolve(struct db *db, const struct db_call *call, const struct person_resolve *in,
                              struct outcome *ret)
{
    return db_run(db, call, QUERY_PERSON_RESOLVE, DB_PARAMS(in->blind_indexes, in->match_digests), ret);
}

enum status db_person_freeze(struct db *db, const struct db_call *call, const struct person_freeze *in,
                             struct outcome *ret)
{
    return db_run(db, call, QUERY_PERSON_FREEZE, DB_PARAMS(in->person_no, db_bool(in->frozen), in->reason), ret);
}

enum status db_account_close(struct db *db, const struct db_call *call, const struct account_close *in,
                             struct outcome *ret)
{
    return db_run(db, call, QUERY_ACCOUNT_CLOSE, DB_PARAMS(in->person_no, in->id, in->reason, in->payee_sealed), ret);
}

enum status db_contribution_create(struct db *db, const struct db_call *call, const struct contribution_create *in,
                                   struct outcome *ret)
{
    const char *amount = db_int(call->arena, in->amount_fen), *year = db_int(call->arena, in->year);
    return db_run(db, call, QUERY_CONTRIBUTION_CREATE, DB_PARAMS(in->person_no, amount, year, in->reference), ret);
}

enum status db_enrollment_put(struct db *db, const struct db_call *call, const struct enrollment_put *in,
                              struct outcome *ret)
{
    const char *year = db_int(call->arena, in->benefit_year);
    return db_run(db, call, QUERY_ENROLLMENT_PUT, DB_PARAMS(in->person_no, year, db_bool(in->enrolled)), ret);
}

enum status db_import(struct db *db, const struct db_call *call, enum query kind, const char *records,
                      struct outcome *ret)
{
    return db_run_long(db, call, kind, DB_PARAMS(records), ret);
}
