#pragma once
/* One call of one function on a pool's connection, and the only reading of SQLSTATE. */
#include "answer.h"
#include "pool.h"

/* `ret` is written for ENDED_DEFECT. */
enum ending call_ending(enum fate fate, const PGresult *result, struct defect *ret);
/* Row `row` of a result with the four columns of gongji.outcome; its texts live as long as the result. */
struct answer call_answer(const PGresult *result, int row);

struct call_limits {
    int64_t checkout_us, statement_us; /* longest wait for a connection, and for one statement */
};
/* `params` complete, p_ctx included. */
enum status call_run(struct pool *pool, const struct call_limits *limits, const struct db_call *call, enum query query,
                     const char *const *params, struct outcome *ret);
