/* GET /v1/premiums: what there is to pay, for whom, until when, and what cover it buys. */
#include <gongji/api/api.h>
#include <gongji/api/explain.h>
#include <gongji/db/premiums.h>
#include <gongji/domain/person.h>

enum status api_premium_list(struct app *app, struct request *rq)
{
    int64_t year = -1;
    size_t i;
    json_t *premium;
    struct premium_list in = { 0 };
    struct outcome out;
    TRY(rq_query(rq, (struct query_field[]){ { "insured_id", QUERY_TEXT, &in.insured_no, .check = person_no_valid },
                                             { "benefit_year", QUERY_INT, &year, .min = 1900, .max = 2999 },
                                             { 0 } }));
    in.benefit_year = year < 0 ? NULL : db_int(rq_arena(rq), year);
    TRY(db_premium_list(app->db, api_call(app, rq), &in, &out));
    json_array_foreach(json_object_get(out.result, "data"), i, premium)
        explain(rq_arena(rq), premium, rq_language(rq));
    return api_reply(rq, &out);
}
