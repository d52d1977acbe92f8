/* PUT /v1/persons/{person_id}: registers a person, with an account, or changes one. */
#include <string.h>

#include <gongji/api/import.h>
#include <gongji/db/people.h>
#include <gongji/domain/id_number.h>
#include <gongji/domain/mask.h>
#include <gongji/domain/person.h>

void person_fields(struct record *in, struct field ret[static RECORD_FIELDS])
{
    /* clang-format off */
    const struct field fields[] = {
        { "person_id",    FIELD_TEXT, &in->person_id, .max = 32, .check = person_no_valid },
        { "name",         FIELD_TEXT, &in->name },
        { "id_number",    FIELD_TEXT, &in->id_number },
        { "area",         FIELD_TEXT, &in->area },
        { "scheme",       FIELD_TEXT, &in->scheme, .one_of = SCHEMES },
        { "status",       FIELD_TEXT, &in->status, .one_of = INSURED_STATUSES },
        { "person_class", FIELD_TEXT, &in->person_class, .one_of = PERSON_CLASSES, .optional = true },
        { "birth_date",   FIELD_DATE, &in->birth_date, .optional = true },
        { "excluded",     FIELD_BOOL, &in->excluded, .optional = true },
        { 0 },
    };
    /* clang-format on */
    _Static_assert(sizeof(fields) == RECORD_FIELDS * sizeof(*fields), "RECORD_FIELDS is the length of this table");
    memcpy(ret, fields, sizeof(fields));
}

/* The seal names its table, column and person, so that it opens nowhere else. */
static const char *sealed(const struct app *app, struct arena *arena, const char *column, const char *person_no,
                          const char *plain)
{
    return crypto_seal(app->seal_keys, arena, arena_printf(arena, "person.%s:%s", column, person_no), str_of(plain));
}

static json_t *record_of(struct app *app, struct arena *arena, const struct record *in, const struct identity *who,
                         const char *birth_date)
{
    /* clang-format off */
    const struct { const char *name, *value; } MEMBERS[] = {
        { "person_no",        in->person_id },
        { "name_sealed",      sealed(app, arena, "name", in->person_id, who->name) },
        { "id_number_sealed", sealed(app, arena, "id_number", in->person_id, who->id_number) },
        { "name_mask",        mask_name(arena, who->name) },
        { "id_number_mask",   mask_id_number(arena, who->id_number) },
        { "name_digests",     api_name_digests(app, arena, in->person_id, who->name) },
        { "blind_indexes",    who->blind_indexes },
        { "match_digests",    who->match_digests },
        { "index_key_ids",    who->index_key_ids },
        { "birth_date",       birth_date },
        { "area",             in->area },
        { "scheme",           in->scheme },
        { "status",           in->status },
        { "person_class",     in->person_class ? in->person_class : "general" },
    };
    /* clang-format on */
    json_t *record = json_keep(arena, json_object());
    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(*MEMBERS); i++)
        json_object_set_new(record, MEMBERS[i].name, json_string(MEMBERS[i].value));
    json_object_set_new(record, "excluded", json_boolean(in->excluded));
    return record;
}

enum status person_record(struct app *app, struct faults *faults, const struct record *in, json_t **ret)
{
    struct identity who;
    char birth_date[11];
    TRY(identity_read(app, faults, "", in->name, in->id_number, &who));
    id_number_birth_date(who.id_number, birth_date);
    if (in->birth_date && strcmp(in->birth_date, birth_date) != 0) {
        fault_add(faults, "/birth_date", "not_allowed", "is not the one in the ID number");
        return ST_VALIDATION_FAILED;
    }
    *ret = record_of(app, faults->arena, in, &who, birth_date);
    return ST_OK;
}

enum status api_person_put(struct app *app, struct request *rq)
{
    struct record in = { .person_id = rq_path(rq, "person_id") };
    struct field fields[RECORD_FIELDS];
    struct outcome out;
    json_t *record;
    person_fields(&in, fields);
    if (!person_no_valid(in.person_id))
        rq_fault(rq, "{person_id}", "bad_format", "must be 1 to 32 of letters, digits, _ and -");
    rq_json(rq, fields + 1); /* its faults are counted below, beside the others */
    TRY(person_record(app, rq_faults(rq), &in, &record));
    TRY(db_person_put(app->db, api_call(app, rq), json_text(rq_arena(rq), record), &out));
    return api_reply(rq, &out);
}
