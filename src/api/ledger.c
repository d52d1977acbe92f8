/* GET /v1/ledger/proof and /v1/ledger/trial-balance: the books as a whole. */
#include <gongji/api/api.h>

#include <gongji/base/clock.h>
#include <gongji/db/ledger.h>

enum { WHOLE_BOOKS_S = 60 };

/* Reading every entry takes longer than a request may otherwise; it has the long connection for itself. */
static const struct db_call *whole_books_call(struct app *app, struct request *rq)
{
    struct db_call *call = api_call(app, rq);
    call->deadline_us = clock_mono_us() + (int64_t)WHOLE_BOOKS_S * 1000 * 1000;
    return call;
}

enum status api_ledger_proof(struct app *app, struct request *rq)
{
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    TRY(db_ledger_proof(app->db, whole_books_call(app, rq), &out));
    return api_reply(rq, &out);
}

enum status api_ledger_trial_balance(struct app *app, struct request *rq)
{
    const char *on = NULL;
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { "on", QUERY_DATE, .ret = &on }, { 0 } }));
    TRY(db_ledger_trial_balance(app->db, whole_books_call(app, rq), on, &out));
    return api_reply(rq, &out);
}
