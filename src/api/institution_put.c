/* PUT /v1/institutions/{code}: enters a designated place, or changes one. */
#include <string.h>

#include <gongji/api/import.h>
#include <gongji/db/medical.h>
#include <gongji/domain/area.h>
#include <gongji/domain/person.h>

static const char *const INSTITUTION_KINDS[] = { "hospital", "pharmacy", "checkup", "vaccination", NULL };

void institution_fields(struct record *in, struct field ret[static RECORD_FIELDS])
{
    /* clang-format off */
    const struct field fields[] = {
        { "code",            FIELD_TEXT, &in->code, .max = 32, .check = person_no_valid }, /* the same letters */
        { "name",            FIELD_TEXT, &in->name, .min = 1 },
        { "kind",            FIELD_TEXT, &in->kind, .one_of = INSTITUTION_KINDS },
        { "area",            FIELD_TEXT, &in->area },
        { "designated_from", FIELD_DATE, &in->designated_from },
        { "designated_to",   FIELD_DATE, &in->designated_to, .optional = true },
        { 0 },
    };
    /* clang-format on */
    memcpy(ret, fields, sizeof(fields));
}

/* Dates of one length and zero-padded: they compare as text. */
enum status institution_record(struct app *app, struct faults *faults, const struct record *in, json_t **ret)
{
    (void)app;
    if (in->designated_from && in->designated_to && strcmp(in->designated_to, in->designated_from) < 0)
        fault_add(faults, "/designated_to", "out_of_range", "is before designated_from");
    if (faults->count > 0)
        return ST_VALIDATION_FAILED;
    *ret = json_keep(faults->arena, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?}", "code", in->code, "name", in->name,
                                              "kind", in->kind, "area", in->area, "designated_from",
                                              in->designated_from, "designated_to", in->designated_to));
    return ST_OK;
}

enum status api_institution_put(struct app *app, struct request *rq)
{
    struct record in = { .code = rq_path(rq, "code") };
    struct field fields[RECORD_FIELDS];
    struct outcome out;
    json_t *record;
    if (!person_no_valid(in.code))
        rq_fault(rq, "{code}", "bad_format", "must be 1 to 32 of A-Z, a-z, 0-9, _ and -");
    institution_fields(&in, fields);
    rq_json(rq, fields + 1); /* its faults are counted beside the others */
    TRY(institution_record(app, rq_faults(rq), &in, &record));
    TRY(db_institution_put(app->db, api_call(app, rq), json_text(rq_arena(rq), record), &out));
    return api_reply(rq, &out);
}
