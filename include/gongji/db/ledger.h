#pragma once
/* The books as a whole, on the long connection: they read every entry there is. */
#include <gongji/db/db.h>

enum status db_ledger_proof(struct db *db, const struct db_call *call, struct outcome *ret);
/* At the end of a business day; `on` NULL: today. */
enum status db_ledger_trial_balance(struct db *db, const struct db_call *call, const char *on, struct outcome *ret);
