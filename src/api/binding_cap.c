/* PUT /v1/bindings/{binding_id}/cap: what a grantor gives a beneficiary at most in one payment. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/bindings.h>
#include <gongji/domain/money.h>

enum status api_binding_cap(struct app *app, struct request *rq)
{
    int64_t cap_fen;
    bool limited = false;
    struct outcome out;
    /* clang-format off */
    const struct field fields[] = {
        { "per_payment_cap_fen", FIELD_JSON, NULL }, /* must be given, if only as null: no limit */
        { "per_payment_cap_fen", FIELD_INT,  &cap_fen, .optional = true, .ret_present = &limited, .max = FEN_MAX },
        { 0 },
    };
    /* clang-format on */
    TRY(rq_json(rq, fields));
    struct db_call *call = api_call(app, rq);
    const char *cap = limited ? db_int(call->arena, cap_fen) : NULL;
    TRY(db_binding_cap(app->db, call, id_strip("bnd_", rq_path(rq, "binding_id")), cap, &out));
    return api_reply(rq, &out);
}
