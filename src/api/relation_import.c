/* POST /v1/imports?kind=relations: who is whose near relative, as a register knows it. */
#include <string.h>

#include <gongji/api/import.h>
#include <gongji/domain/person.h>
#include <gongji/domain/relation.h>

void relation_fields(struct record *in, struct field ret[static RECORD_FIELDS])
{
    /* clang-format off */
    const struct field fields[] = {
        { "person_id",   FIELD_TEXT, &in->person_id,   .max = 32, .check = person_no_valid },
        { "relative_id", FIELD_TEXT, &in->relative_id, .max = 32, .check = person_no_valid },
        { "relation",    FIELD_TEXT, &in->relation,    .max = 32 },
        { 0 },
    };
    /* clang-format on */
    memcpy(ret, fields, sizeof(fields));
}

enum status relation_record(struct app *app, struct faults *faults, const struct record *in, json_t **ret)
{
    (void)app;
    const char *relations[2] = { NULL };
    enum kinship kinship = in->relation ? relation_read(in->relation, relations) : KINSHIP_UNKNOWN;
    if (in->relation && kinship == KINSHIP_UNKNOWN)
        fault_add(faults, "/relation", "not_allowed", "must be a relation or a code of GB/T 4761 of one or two digits");
    if (in->person_id && in->relative_id && strcmp(in->person_id, in->relative_id) == 0)
        fault_add(faults, "/relative_id", "not_allowed", "must be somebody else");
    if (faults->count > 0)
        return ST_VALIDATION_FAILED;
    if (kinship == KINSHIP_OTHER)
        return ST_NOT_A_NEAR_RELATIVE;
    json_t *list = json_array();
    for (size_t i = 0; i < 2 && relations[i]; i++)
        json_array_append_new(list, json_string(relations[i]));
    *ret = json_keep(faults->arena, json_pack("{s:s, s:s, s:o}", "person_no", in->person_id, "relative_no",
                                              in->relative_id, "relations", list));
    return ST_OK;
}
