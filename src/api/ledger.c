/* GET /v1/ledger/proof and /v1/ledger/trial-balance: the books as a whole. */
#include <gongji/api/api.h>

#include <gongji/db/ledger.h>

enum status api_ledger_proof(struct app *app, struct request *rq)
{
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    TRY(db_ledger_proof(app->db, api_long_call(app, rq), &out));
    return api_reply(rq, &out);
}

enum status api_ledger_trial_balance(struct app *app, struct request *rq)
{
    const char *on = NULL;
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { "on", QUERY_DATE, .ret = &on }, { 0 } }));
    TRY(db_ledger_trial_balance(app->db, api_long_call(app, rq), on, &out));
    return api_reply(rq, &out);
}
