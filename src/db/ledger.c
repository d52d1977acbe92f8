/* The books as a whole in the database. */
#include <gongji/db/ledger.h>

enum status db_ledger_proof(struct db *db, const struct db_call *call, struct outcome *ret)
{
    return db_run_long(db, call, QUERY_LEDGER_PROOF, NULL, 0, ret);
}

enum status db_ledger_trial_balance(struct db *db, const struct db_call *call, const char *on, struct outcome *ret)
{
    return db_run_long(db, call, QUERY_LEDGER_TRIAL_BALANCE, DB_PARAMS(on), ret);
}
