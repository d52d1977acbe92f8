/* POST /v1/bindings/{binding_id}/decision: a reviewer approves, rejects or asks for more. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/reviews.h>

enum { REASON_CODE_MAX = 64 };
static const char *const DECISIONS[] = { "approve", "reject", "request_more", NULL };

static enum status read_body(struct request *rq, struct review_decide *ret)
{
    /* clang-format off */
    const struct field fields[] = {
        { "decision",    FIELD_TEXT, &ret->decision,    .one_of = DECISIONS },
        { "reason_code", FIELD_TEXT, &ret->reason_code, .optional = true, .min = 1, .max = REASON_CODE_MAX },
        { "reason",      FIELD_TEXT, &ret->reason,      .optional = true, .min = 1 },
        { 0 } };
    /* clang-format on */
    TRY(rq_json(rq, fields));
    if (!text_equal(ret->decision, "approve") && ret->reason_code == NULL && ret->reason == NULL)
        return rq_fault(rq, "/reason_code", "missing", "the applicant is told why: reason_code or reason is required");
    return ST_OK;
}

enum status api_review_decide(struct app *app, struct request *rq)
{
    struct review_decide in = { .binding_id = id_strip("bnd_", rq_path(rq, "binding_id")) };
    struct outcome out;
    TRY(read_body(rq, &in));
    TRY(db_review_decide(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
