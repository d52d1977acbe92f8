/* The audit log in the database. */
#include <gongji/db/audit.h>

enum status db_audit_list(struct db *db, const struct db_call *call, const struct audit_list *in, struct outcome *ret)
{
    return db_run_long(db, call, QUERY_AUDIT_LIST, DB_PARAMS(in->filter, in->after, in->limit), ret);
}
