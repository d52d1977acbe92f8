/* Care and medicine in the database. */
#include <gongji/db/medical.h>

enum status db_medical_settle(struct db *db, const struct db_call *call, const struct medical_settle *in,
                              struct outcome *ret)
{
    return db_batch(db, call, LANE_WRITE, QUERY_MEDICAL_SETTLE,
                    DB_PARAMS(in->payment_id, in->incident_id, in->patient_no, in->credential_holder,
                              in->credential_kind, in->presented_by, in->settlement_no, in->expected_fen, in->items),
                    ret);
}

enum status db_medical_reverse(struct db *db, const struct db_call *call, const char *payment_id, const char *reason,
                               struct outcome *ret)
{
    return db_run(db, call, QUERY_MEDICAL_REVERSE, DB_PARAMS(payment_id, reason), ret);
}

enum status db_institution_put(struct db *db, const struct db_call *call, const char *record, struct outcome *ret)
{
    return db_run(db, call, QUERY_INSTITUTION_PUT, DB_PARAMS(record), ret);
}

enum status db_settlement_suspension_put(struct db *db, const struct db_call *call,
                                         const struct settlement_suspension_put *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_SETTLEMENT_SUSPENSION_PUT, DB_PARAMS(in->person_no, in->from, in->to, in->reason),
                  ret);
}

enum status db_incident_list(struct db *db, const struct db_call *call, const struct medical_list *in,
                             struct outcome *ret)
{
    return db_run(db, call, QUERY_INCIDENT_LIST, DB_PARAMS(in->filter, in->after, in->limit), ret);
}

enum status db_credential_link_create(struct db *db, const struct db_call *call,
                                      const struct credential_link_create *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_CREDENTIAL_LINK_CREATE, DB_PARAMS(in->id, in->blind_indexes, in->match_digests), ret);
}

enum status db_credential_link_list(struct db *db, const struct db_call *call, const struct medical_list *in,
                                    struct outcome *ret)
{
    return db_run(db, call, QUERY_CREDENTIAL_LINK_LIST, DB_PARAMS(in->filter, in->after, in->limit), ret);
}

enum status db_credential_link_delete(struct db *db, const struct db_call *call, const char *id, struct outcome *ret)
{
    return db_run(db, call, QUERY_CREDENTIAL_LINK_DELETE, DB_PARAMS(id), ret);
}
