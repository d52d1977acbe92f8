/* Personal accounts in the database. */
#include <gongji/db/accounts.h>

enum status db_account_get(struct db *db, const struct db_call *call, const char *person_no, struct outcome *ret)
{
    return db_batch(db, call, LANE_READ, QUERY_ACCOUNT_GET, DB_PARAMS(person_no), ret);
}

enum status db_account_at(struct db *db, const struct db_call *call, const char *person_no, const char *at,
                          struct outcome *ret)
{
    return db_run(db, call, QUERY_ACCOUNT_AT, DB_PARAMS(person_no, at), ret);
}

enum status db_account_aid(struct db *db, const struct db_call *call, const char *person_no, const char *use,
                           struct outcome *ret)
{
    return db_run(db, call, QUERY_ACCOUNT_AID, DB_PARAMS(person_no, use), ret);
}

enum status db_account_entries(struct db *db, const struct db_call *call, const struct account_entries *in,
                               struct outcome *ret)
{
    return db_run(db, call, QUERY_ACCOUNT_ENTRIES, DB_PARAMS(in->person_no, in->filter, in->after, in->limit), ret);
}

enum status db_binding_entries(struct db *db, const struct db_call *call, const struct binding_entries *in,
                               struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_ENTRIES, DB_PARAMS(in->binding_id, in->filter, in->after, in->limit), ret);
}
