/* Family bindings in the database. */
#include <gongji/db/bindings.h>

enum status db_binding_create(struct db *db, const struct db_call *call, const struct binding_create *in,
                              struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_CREATE,
                  DB_PARAMS(in->id, in->blind_indexes, in->match_digests, in->relation, in->notice_version,
                            in->evidence_ids, in->valid_from, in->valid_to),
                  ret);
}

enum status db_binding_options(struct db *db, const struct db_call *call, struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_OPTIONS, NULL, 0, ret);
}

enum status db_binding_list(struct db *db, const struct db_call *call, const struct binding_list *in,
                            struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_LIST, DB_PARAMS(in->person_no, in->filter, in->after, in->limit), ret);
}

enum status db_binding_get(struct db *db, const struct db_call *call, const char *id, struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_GET, DB_PARAMS(id), ret);
}

enum status db_binding_history(struct db *db, const struct db_call *call, const char *id, struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_HISTORY, DB_PARAMS(id), ret);
}

enum status db_binding_withdraw(struct db *db, const struct db_call *call, const char *id, struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_WITHDRAW, DB_PARAMS(id), ret);
}

enum status db_binding_release(struct db *db, const struct db_call *call, const char *id, const char *reason,
                               struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_RELEASE, DB_PARAMS(id, reason), ret);
}

enum status db_binding_priority(struct db *db, const struct db_call *call, const char *id, int64_t priority,
                                struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_PRIORITY, DB_PARAMS(id, db_int(call->arena, priority)), ret);
}

enum status db_binding_cap(struct db *db, const struct db_call *call, const char *id, const char *per_payment_cap_fen,
                           struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_CAP, DB_PARAMS(id, per_payment_cap_fen), ret);
}

enum status db_binding_evidence(struct db *db, const struct db_call *call, const char *id, const char *evidence_ids,
                                struct outcome *ret)
{
    return db_run(db, call, QUERY_BINDING_EVIDENCE, DB_PARAMS(id, evidence_ids), ret);
}
