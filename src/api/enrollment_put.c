/* PUT /v1/persons/{person_id}/enrollments/{benefit_year}: whether a person was enrolled in a year. */
#include <string.h>

#include <gongji/api/import.h>
#include <gongji/db/people.h>
#include <gongji/domain/person.h>

enum { YEAR_LEAST = 1900, YEAR_MOST = 2999 };

void enrollment_fields(struct record *in, struct field ret[static RECORD_FIELDS])
{
    /* clang-format off */
    const struct field fields[] = {
        { "person_id",    FIELD_TEXT, &in->person_id, .max = 32, .check = person_no_valid },
        { "benefit_year", FIELD_INT,  &in->benefit_year, .min = YEAR_LEAST, .max = YEAR_MOST },
        { "enrolled",     FIELD_BOOL, &in->enrolled },
        { 0 },
    };
    /* clang-format on */
    memcpy(ret, fields, sizeof(fields));
}

enum status enrollment_record(struct app *app, struct faults *faults, const struct record *in, json_t **ret)
{
    (void)app;
    if (faults->count > 0)
        return ST_VALIDATION_FAILED;
    *ret = json_keep(faults->arena, json_pack("{s:s, s:I, s:b}", "person_no", in->person_id, "benefit_year",
                                              (json_int_t)in->benefit_year, "enrolled", in->enrolled));
    return ST_OK;
}

enum status api_enrollment_put(struct app *app, struct request *rq)
{
    struct enrollment_put in = { .person_no = rq_path(rq, "person_id") };
    struct outcome out;
    if (!parse_int64(rq_path(rq, "benefit_year"), &in.benefit_year) || in.benefit_year < YEAR_LEAST ||
        in.benefit_year > YEAR_MOST)
        rq_fault(rq, "{benefit_year}", "out_of_range", "must be 1900 to 2999");
    TRY(rq_json(rq, (struct field[]){ { "enrolled", FIELD_BOOL, &in.enrolled }, { 0 } }));
    TRY(db_enrollment_put(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
