/* POST /v1/persons/{person_id}/contributions: money into a personal account, once per reference. */
#include <string.h>

#include <gongji/api/import.h>
#include <gongji/db/people.h>
#include <gongji/domain/money.h>
#include <gongji/domain/person.h>

void contribution_fields(struct record *in, struct field ret[static RECORD_FIELDS])
{
    /* clang-format off */
    const struct field fields[] = {
        { "person_id",  FIELD_TEXT, &in->person_id, .max = 32, .check = person_no_valid },
        { "amount_fen", FIELD_INT,  &in->amount_fen, .min = 1, .max = FEN_MAX },
        { "year",       FIELD_INT,  &in->year, .min = 1900, .max = 2999 },
        { "reference",  FIELD_TEXT, &in->reference, .min = 1, .max = 100 },
        { 0 },
    };
    /* clang-format on */
    memcpy(ret, fields, sizeof(fields));
}

enum status contribution_record(struct app *app, struct faults *faults, const struct record *in, json_t **ret)
{
    (void)app;
    if (faults->count > 0)
        return ST_VALIDATION_FAILED;
    *ret = json_keep(faults->arena,
                     json_pack("{s:s, s:I, s:I, s:s}", "person_no", in->person_id, "amount_fen",
                               (json_int_t)in->amount_fen, "year", (json_int_t)in->year, "reference", in->reference));
    return ST_OK;
}

const char *contribution_fault(const char *pointer)
{
    return strcmp(pointer, "/year") == 0 ? "must not be later than this year" : "would make the balance too large";
}

enum status api_contribution_create(struct app *app, struct request *rq)
{
    struct record in = { 0 };
    struct field fields[RECORD_FIELDS];
    struct outcome out;
    contribution_fields(&in, fields);
    TRY(rq_json(rq, fields + 1));
    struct contribution_create create = { rq_path(rq, "person_id"), in.reference, in.amount_fen, in.year };
    TRY(db_contribution_create(app->db, api_call(app, rq), &create, &out));
    if (out.code == ST_VALIDATION_FAILED) { /* told like any other fault of the body */
        const char *pointer = json_string_value(
            json_object_get(json_object_get(out.result, "VALIDATION_FAILED"), "pointer"));
        return rq_fault(rq, pointer, "out_of_range", contribution_fault(pointer));
    }
    return api_reply(rq, &out);
}
