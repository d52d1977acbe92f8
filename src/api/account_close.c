/* POST /v1/persons/{person_id}/account-closure: the rest of an account to whom it belongs now. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/people.h>

enum { PAYEE_MEMBERS = 10, PAYEE_TEXT = 200 };

static bool payee_text(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) > 0 && json_string_length(value) <= 4 * PAYEE_TEXT;
}

/* One text, or an object of texts such as name, account and bank: what the bureau's payout needs is its own affair. */
static bool payee_valid(json_t *payee)
{
    const char *name;
    json_t *value;
    if (!json_is_object(payee))
        return payee_text(payee);
    json_object_foreach(payee, name, value) {
        if (!payee_text(value))
            return false;
    }
    return json_object_size(payee) > 0 && json_object_size(payee) <= PAYEE_MEMBERS;
}

/* Sealed whole: it names a person and a bank account, and nobody but the payout reads it. */
static const char *seal_payee(struct app *app, struct request *rq, const char *id, const json_t *payee)
{
    struct arena *arena = rq_arena(rq);
    const char *aad = arena_printf(arena, "account_closure.payee.%s", id);
    return crypto_seal(app->seal_keys, arena, aad, str_of(json_text(arena, payee)));
}

enum status api_account_close(struct app *app, struct request *rq)
{
    char id[37];
    json_t *payee = NULL;
    struct account_close in = { .person_no = rq_path(rq, "person_id"), .id = id };
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){
                        { "reason", FIELD_TEXT, &in.reason, .min = 1 }, { "payee", FIELD_JSON, &payee }, { 0 } }));
    if (!payee_valid(payee))
        return rq_fault(rq, "/payee", "bad_format", "must be a text, or an object of texts");
    id_new(id);
    in.payee_sealed = seal_payee(app, rq, id, payee);
    TRY(db_account_close(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
