/* POST /v1/quotes: what paying a premium now would take from whom, in words; moves nothing. */
#include <gongji/api/api.h>
#include <gongji/api/explain.h>
#include <gongji/base/id.h>
#include <gongji/db/premiums.h>
#include <gongji/domain/person.h>

enum status api_quote_create(struct app *app, struct request *rq)
{
    char id[37];
    int64_t benefit_year = 0;
    json_t *amount = NULL, *repair_years = NULL;
    struct quote_create in = { .quote_id = id, .product = "resident_basic" };
    struct outcome out;
    TRY(rq_json(
        rq, (struct field[]){ { "insured_id", FIELD_TEXT, &in.insured_no, .check = person_no_valid },
                              { "benefit_year", FIELD_INT, &benefit_year, .min = 1900, .max = 2999 },
                              { "product", FIELD_TEXT, &in.product, .optional = true, .max = 40 },
                              { "repair_years", FIELD_INTS, &repair_years, .optional = true },
                              { "amount_fen", FIELD_JSON, &amount, .optional = true, .ret_present = &in.amount_sent },
                              { 0 } }));
    TRY(api_repair_years(rq, repair_years, &in.repair_years));
    id_new(id);
    in.benefit_year = db_int(rq_arena(rq), benefit_year);
    TRY(db_quote_create(app->db, api_call(app, rq), &in, &out));
    explain(rq_arena(rq), out.result, rq_language(rq));
    return api_reply(rq, &out);
}
