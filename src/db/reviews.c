/* The review desk in the database. */
#include <gongji/db/reviews.h>

enum status db_review_list(struct db *db, const struct db_call *call, const struct review_list *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_REVIEW_LIST, DB_PARAMS(in->filter, in->after, in->limit), ret);
}

enum status db_review_claim(struct db *db, const struct db_call *call, const char *area, struct outcome *ret)
{
    return db_run(db, call, QUERY_REVIEW_CLAIM, DB_PARAMS(area), ret);
}

enum status db_review_decide(struct db *db, const struct db_call *call, const struct review_decide *in,
                             struct outcome *ret)
{
    return db_run(db, call, QUERY_REVIEW_DECIDE, DB_PARAMS(in->binding_id, in->decision, in->reason_code, in->reason),
                  ret);
}
