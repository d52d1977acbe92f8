#pragma once
/* Care and medicine: settlements, institutions, suspensions, incidents, credential links. Ids come without their prefix. */
#include <gongji/db/db.h>

struct medical_settle {
    const char *payment_id, *incident_id; /* uuids to use */
    const char *patient_no;
    const char *credential_holder; /* whose credential was shown; NULL: no valid one */
    const char *credential_kind;   /* card, ecode */
    const char *presented_by;      /* NULL: the patient */
    const char *settlement_no;
    const char *expected_fen; /* NULL: not compared */
    const char *items;        /* [{use, item_code?, amount_fen, fund_paid_fen, out_of_scope_fen}] */
};
/* Hot: through the combining queue. */
enum status db_medical_settle(struct db *db, const struct db_call *call, const struct medical_settle *in,
                              struct outcome *ret);
enum status db_medical_reverse(struct db *db, const struct db_call *call, const char *payment_id, const char *reason,
                               struct outcome *ret);

/* record: {code, name, kind, area, designated_from, designated_to?} */
enum status db_institution_put(struct db *db, const struct db_call *call, const char *record, struct outcome *ret);

struct settlement_suspension_put {
    const char *person_no, *from, *to, *reason;
};
enum status db_settlement_suspension_put(struct db *db, const struct db_call *call,
                                         const struct settlement_suspension_put *in, struct outcome *ret);

/* filter: {institution_id, person_id, from, to} */
struct medical_list {
    const char *filter, *after, *limit;
};
enum status db_incident_list(struct db *db, const struct db_call *call, const struct medical_list *in,
                             struct outcome *ret);

struct credential_link_create {
    const char *id;                            /* uuid to use */
    const char *blind_indexes, *match_digests; /* text[], element i under index key i */
};
enum status db_credential_link_create(struct db *db, const struct db_call *call,
                                      const struct credential_link_create *in, struct outcome *ret);
enum status db_credential_link_list(struct db *db, const struct db_call *call, const struct medical_list *in,
                                    struct outcome *ret);
enum status db_credential_link_delete(struct db *db, const struct db_call *call, const char *id, struct outcome *ret);
