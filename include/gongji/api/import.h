#pragma once
/* Loading the register from CSV, by POST /v1/imports and by `gongji import`; and the records that it shares with the single writes:
 * each endpoint's file says of what members its record is made, whether they come as JSON or as columns. */
#include <gongji/api/api.h>

bool import_kind_known(const char *kind);

/* kind: persons, contributions, enrollments, relations or institutions. `in` must be seekable: the encoding of the whole is looked at before a line is written.
 * Lines are written in chunks, each its own transaction, and every line is idempotent: a file whose import broke off is loaded again.
 * `progress` (may be NULL) hears how many lines are done.
 * ST_OK: *ret_report is {accepted, rejected, errors: [{line, code, detail}], errors_truncated}.
 * ST_VALIDATION_FAILED (kind, encoding, header row; nothing was written): *ret_report is [{pointer, code, detail}].
 * The report lives in call->arena; call->deadline_us is not looked at. */
enum status import_run(struct app *app, const struct db_call *call, const char *kind, FILE *in, json_t **ret_report,
                       void (*progress)(int64_t lines));

/* What a line or a body may say, whichever its kind. Texts belong to whoever filled it. */
struct record {
    const char *person_id;
    const char *name, *id_number, *area, *scheme, *status, *person_class, *birth_date; /* persons */
    bool excluded;
    int64_t amount_fen, year; /* contributions */
    const char *reference;
    int64_t benefit_year; /* enrollments */
    bool enrolled;
    const char *relative_id, *relation;                        /* relations */
    const char *code, *kind, *designated_from, *designated_to; /* institutions */
};

/* Members of a kind, into a record: person_id first, which a single write has in its path (it takes the rest: ret + 1). */
enum { RECORD_FIELDS = 10 }; /* the longest table with its end */
typedef void record_fields(struct record *in, struct field ret[static RECORD_FIELDS]);
record_fields person_fields, contribution_fields, enrollment_fields, relation_fields, institution_fields;

/* The record as its SQL function takes it. Looks at `faults` first: also what was found before is a failure.
 * ST_ID_NUMBER_INVALID, ST_NOT_A_NEAR_RELATIVE when that is all that is wrong. */
typedef enum status record_write(struct app *app, struct faults *faults, const struct record *in, json_t **ret);
record_write person_record, contribution_record, enrollment_record, relation_record, institution_record;

/* Why the database refused a member of a contribution (pointer). */
const char *contribution_fault(const char *pointer);

/* As api_identity, for those without a request. */
enum status identity_read(struct app *app, struct faults *faults, const char *pointer, const char *name,
                          const char *id_number, struct identity *ret);
