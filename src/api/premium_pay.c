/* POST /v1/premium-payments: pays a resident premium out of the accounts of the insured and of relatives. */
#include <gongji/api/api.h>
#include <gongji/api/explain.h>
#include <gongji/base/id.h>
#include <gongji/db/premiums.h>
#include <gongji/domain/cash.h>
#include <gongji/domain/money.h>
#include <gongji/domain/person.h>

struct pay_body {
    const char *quote_id, *insured_no, *product, *insured_name, *client_reference, *cash_channel, *repair_years;
    int64_t benefit_year, expected_fen;
    bool has_year, has_expected, amount_sent;
};

static enum status read_body(struct request *rq, struct pay_body *in)
{
    json_t *amount = NULL, *repair_years = NULL;
    TRY(rq_json(rq, (struct field[]){
                        { "quote_id", FIELD_TEXT, &in->quote_id, .optional = true },
                        { "insured_id", FIELD_TEXT, &in->insured_no, .optional = true, .check = person_no_valid },
                        { "benefit_year", FIELD_INT, &in->benefit_year, .optional = true, .ret_present = &in->has_year,
                          .min = 1900, .max = 2999 },
                        { "product", FIELD_TEXT, &in->product, .optional = true, .max = 40 },
                        { "expected_fen", FIELD_INT, &in->expected_fen, .optional = true,
                          .ret_present = &in->has_expected, .max = FEN_MAX },
                        { "insured_name", FIELD_TEXT, &in->insured_name, .optional = true, .max = 50 },
                        { "client_reference", FIELD_TEXT, &in->client_reference, .optional = true, .max = 64 },
                        { "cash_channel", FIELD_TEXT, &in->cash_channel, .optional = true, .one_of = CASH_CHANNELS },
                        { "repair_years", FIELD_INTS, &repair_years, .optional = true },
                        { "amount_fen", FIELD_JSON, &amount, .optional = true, .ret_present = &in->amount_sent },
                        { 0 } }));
    if (in->quote_id && (in->insured_no || in->has_year || in->product || in->insured_name || repair_years))
        return rq_fault(
            rq, "/quote_id", "not_allowed",
            "give quote_id, or insured_id with benefit_year, product, insured_name, repair_years, not both");
    if (!in->quote_id && !in->insured_no)
        rq_fault(rq, "/insured_id", "missing", "required without quote_id");
    if (!in->quote_id && !in->has_year)
        rq_fault(rq, "/benefit_year", "missing", "required without quote_id");
    return api_repair_years(rq, repair_years, &in->repair_years);
}

enum status api_premium_pay(struct app *app, struct request *rq)
{
    char id[37], fresh[37];
    struct arena *arena = rq_arena(rq);
    struct pay_body body = { 0 };
    struct outcome out;
    TRY(read_body(rq, &body));
    id_new(id);
    id_new(fresh);
    struct premium_pay in = {
        .payment_id = id,
        .fresh_quote_id = fresh,
        .insured_no = body.insured_no,
        .benefit_year = body.quote_id ? NULL : db_int(arena, body.benefit_year),
        .product = body.product ? body.product : "resident_basic",
        .expected_fen = body.has_expected ? db_int(arena, body.expected_fen) : NULL,
        .amount_sent = body.amount_sent,
        .client_reference = body.client_reference,
        .cash_channel = body.cash_channel,
        .repair_years = body.repair_years,
    };
    if (body.quote_id && !(in.quote_id = id_strip("quo_", body.quote_id)))
        return ST_QUOTE_NOT_FOUND;
    if (body.insured_name)
        in.name_digests = api_name_digests(app, arena, body.insured_no, body.insured_name);
    TRY(db_premium_pay(app->db, api_call(app, rq), &in, &out));
    explain(arena, out.result, rq_language(rq));
    return api_reply(rq, &out);
}
