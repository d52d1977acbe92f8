/* POST /v1/medical-payments and …/reverse: what a patient bears of care and medicine, out of the accounts of the family. */
#include <gongji/api/api.h>

#include <string.h>

#include <gongji/api/explain.h>
#include <gongji/base/id.h>
#include <gongji/db/medical.h>
#include <gongji/domain/money.h>
#include <gongji/domain/person.h>

enum { ITEMS_MAX = 200, SETTLEMENT_NO_MAX = 64, ITEM_CODE_MAX = 64, TOKEN_MAX = 4096 };

static const char *const MEDICAL_USES[] = { "outpatient", "inpatient", "drug",    "device", "disinfectant",
                                            "treatment",  "vaccine",   "checkup", NULL };
static const char *const CREDENTIAL_KINDS[] = { "card", "ecode", NULL };

static void read_item(struct request *rq, size_t i, const json_t *item, int64_t *sum)
{
    const char *pointer = arena_printf(rq_arena(rq), "/items/%zu", i);
    int64_t amount = 0, fund_paid = 0, out_of_scope = 0;
    /* clang-format off */
    const struct field fields[] = {
        { "use",              FIELD_TEXT, NULL, .one_of = MEDICAL_USES },
        { "item_code",        FIELD_TEXT, NULL, .optional = true, .min = 1, .max = ITEM_CODE_MAX },
        { "amount_fen",       FIELD_INT,  &amount,       .max = FEN_MAX },
        { "fund_paid_fen",    FIELD_INT,  &fund_paid,    .max = FEN_MAX },
        { "out_of_scope_fen", FIELD_INT,  &out_of_scope, .max = FEN_MAX },
        { 0 } };
    /* clang-format on */
    if (!json_fields_at(rq_faults(rq), pointer, item, fields))
        return;
    if (fund_paid + out_of_scope > amount)
        rq_fault(rq, arena_printf(rq_arena(rq), "%s/amount_fen", pointer), "out_of_range",
                 "is less than fund_paid_fen and out_of_scope_fen together");
    *sum += amount;
}

static void read_items(struct request *rq, const json_t *items)
{
    size_t i;
    const json_t *item;
    int64_t sum = 0;
    if (!json_is_array(items)) {
        rq_fault(rq, "/items", "wrong_type", "must be an array");
        return;
    }
    if (json_array_size(items) < 1 || json_array_size(items) > ITEMS_MAX) {
        rq_fault(rq, "/items", "out_of_range", "must have 1 to 200 items");
        return;
    }
    json_array_foreach(items, i, item) {
        read_item(rq, i, item, &sum);
        if (sum > FEN_MAX) {
            rq_fault(rq, "/items", "out_of_range", "come to more than an amount can be");
            return;
        }
    }
}

struct settlement {
    struct medical_settle row;
    const char *token;
    json_t *items;
    int64_t expected_fen;
    bool has_expected;
};

static enum status read_body(struct request *rq, struct settlement *in)
{
    /* clang-format off */
    const struct field credential[] = {
        { "kind",  FIELD_TEXT, &in->row.credential_kind, .one_of = CREDENTIAL_KINDS },
        { "token", FIELD_TEXT, &in->token, .min = 1, .max = TOKEN_MAX },
        { 0 } };
    const struct field fields[] = {
        { "patient_id",    FIELD_TEXT,   &in->row.patient_no,    .check = person_no_valid },
        { "credential",    FIELD_OBJECT, .members = credential },
        { "presented_by",  FIELD_TEXT,   &in->row.presented_by,  .optional = true, .check = person_no_valid },
        { "settlement_no", FIELD_TEXT,   &in->row.settlement_no, .min = 1, .max = SETTLEMENT_NO_MAX },
        { "expected_fen",  FIELD_INT,    &in->expected_fen,      .optional = true, .ret_present = &in->has_expected,
          .max = FEN_MAX },
        { "items",         FIELD_JSON,   &in->items },
        { 0 } };
    /* clang-format on */
    rq_json(rq, fields); /* its faults are counted beside those of the items */
    if (in->items)
        read_items(rq, in->items);
    return rq_faults(rq)->count > 0 ? ST_VALIDATION_FAILED : ST_OK;
}

enum status api_medical_settle(struct app *app, struct request *rq)
{
    char payment_id[37], incident_id[37];
    struct settlement in = { .row = { .payment_id = payment_id, .incident_id = incident_id } };
    struct outcome out;
    TRY(read_body(rq, &in));
    id_new(payment_id);
    id_new(incident_id);
    in.row.credential_holder = rq_credential(rq,
                                             in.token); /* a replay is answered whether the proof still holds or not */
    in.row.expected_fen = in.has_expected ? db_int(rq_arena(rq), in.expected_fen) : NULL;
    in.row.items = json_text(rq_arena(rq), in.items);
    TRY(db_medical_settle(app->db, api_call(app, rq), &in.row, &out));
    explain_to_institution(rq_arena(rq), out.result, rq_language(rq));
    return api_reply(rq, &out);
}

enum status api_medical_reverse(struct app *app, struct request *rq)
{
    const char *payment_id = id_strip("pay_", rq_path(rq, "payment_id")), *reason = NULL;
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){ { "reason", FIELD_TEXT, &reason, .optional = true, .min = 1 }, { 0 } }));
    TRY(db_medical_reverse(app->db, api_call(app, rq), payment_id, reason, &out));
    explain_to_institution(rq_arena(rq), out.result, rq_language(rq));
    return api_reply(rq, &out);
}
