/* Try, read SQLSTATE, try again when that is safe: the life of one ordinary call. */
#include "call.h"

#include <gongji/base/clock.h>
#include <gongji/base/metrics.h>
#include <gongji/base/str.h>

#include <stdio.h>
#include <string.h>

/* SQLSTATE -> ending; the longest matching beginning stands first. Connection errors of a running statement never come
 * here: without ReadyForQuery its end is not known, whatever the server managed to say. */
static const struct {
    const char *beginning;
    enum ending ending;
} ENDINGS[] = {
    { "40001", ENDED_CONTENDED }, /* serialization_failure */
    { "40P01", ENDED_CONTENDED }, /* deadlock_detected */
    { "55P03", ENDED_CONTENDED }, /* lock_not_available, also by lock_timeout */
    { "57014", ENDED_CANCELLED }, /* query_canceled: by us or by statement_timeout */
    { "57P", ENDED_AWAY },        /* shutting down, starting up */
    { "08", ENDED_AWAY },         /* connection exceptions */
    { "53", ENDED_AWAY },         /* disk full, out of memory, too many connections: the operator's, and it passes */
    { "25006", ENDED_AWAY },      /* read_only_sql_transaction: we are on a standby */
    { "", ENDED_DEFECT },
};

static void describe(const PGresult *result, const char *sqlstate, struct defect *ret)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (strncmp(sqlstate, "22", 2) == 0 || !message)
        message = ""; /* data exceptions quote the value, which may be somebody's name */
    snprintf(ret->sqlstate, sizeof(ret->sqlstate), "%s", sqlstate);
    snprintf(ret->message, sizeof(ret->message), "%.*s", (int)(sizeof(ret->message) - 1), message);
}

enum ending call_ending(enum fate fate, const PGresult *result, struct defect *ret)
{
    if (fate != FATE_ANSWERED)
        return fate == FATE_LOST ? ENDED_UNKNOWN : ENDED_AWAY;
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return ENDED_WELL;
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    sqlstate = sqlstate ? sqlstate : "";
    size_t i = 0;
    while (strncmp(sqlstate, ENDINGS[i].beginning, strlen(ENDINGS[i].beginning)) != 0)
        i++;
    if (ENDINGS[i].ending == ENDED_DEFECT)
        describe(result, sqlstate, ret);
    return ENDINGS[i].ending;
}

struct answer call_answer(const PGresult *result, int row)
{
    const char *text[4];
    for (int column = 0; column < 4; column++)
        text[column] = PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
    return (struct answer){ text[0], text[1], text[2], text_equal(text[3], "t") };
}

/* Runs once; what came is in *ret, copied, when it ended well. */
static enum ending run_once(struct conn *conn, enum query query, const char *const *params, int64_t until_us,
                            struct arena *arena, struct answer *ret)
{
    PGresult *result CLEANUP(pq_clear) = NULL;
    struct defect defect = { .sqlstate = "" };
    enum fate fate = conn_execute(conn, query, params, until_us, &result);
    enum ending ending = call_ending(fate, result, &defect);
    if (ending == ENDED_WELL && (PQntuples(result) != 1 || PQnfields(result) != 4)) {
        snprintf(defect.message, sizeof(defect.message), "%d rows of %d columns, not one outcome", PQntuples(result),
                 PQnfields(result));
        ending = ENDED_GARBLED;
    }
    if (ending == ENDED_DEFECT || ending == ENDED_GARBLED)
        defect_log(QUERIES[query].name, &defect);
    if (ending == ENDED_AWAY)
        conn_close(conn); /* another connection may find another host */
    if (ending != ENDED_WELL)
        return ending;
    struct answer answer = call_answer(result, 0);
    if (text_equal(answer.code, "busy") || text_equal(answer.code, "again"))
        return ENDED_CONTENDED; /* it did nothing, and says so */
    *ret = (struct answer){ arena_strdup(arena, answer.code), arena_strdup(arena, answer.codes),
                            arena_strdup(arena, answer.result), answer.replayed };
    return ENDED_WELL;
}

static const enum status FAILURES[] = {
    [ENDED_AWAY] = ST_DATABASE_UNAVAILABLE, [ENDED_UNKNOWN] = ST_RESULT_UNKNOWN, [ENDED_CONTENDED] = ST_OVERLOADED,
    [ENDED_CANCELLED] = ST_OVERLOADED,      [ENDED_DEFECT] = ST_INTERNAL_ERROR,  [ENDED_GARBLED] = ST_INTERNAL_ERROR,
};

/* Tries under one key until an ending that another try would not better. After a lost write only success is certain. */
static enum status run_tries(struct conn *conn, int64_t statement_us, const struct db_call *call, enum query query,
                             const char *const *params, struct answer *ret)
{
    bool repeatable = QUERIES[query].repeatable, lost = false;
    for (int tries = 1;; tries++) {
        int64_t until_us = earlier(call->deadline_us, clock_mono_us() + statement_us);
        enum ending ending = run_once(conn, query, params, until_us, call->arena, ret);
        if (ending == ENDED_WELL)
            return ST_OK;
        bool again = ending == ENDED_UNKNOWN ? !lost && (repeatable || call->key)
                                             : ending == ENDED_CONTENDED && tries < TRIES && (!lost || repeatable);
        lost = lost || ending == ENDED_UNKNOWN;
        if (!again || clock_mono_us() >= call->deadline_us)
            return lost ? (repeatable ? ST_DATABASE_UNAVAILABLE : ST_RESULT_UNKNOWN) : FAILURES[ending];
        metric_add(METRIC_DB_RETRIES, 1);
        if (ending == ENDED_CONTENDED)
            contention_pause();
    }
}

enum status call_run(struct pool *pool, const struct call_limits *limits, const struct db_call *call, enum query query,
                     const char *const *params, struct outcome *ret)
{
    struct conn *conn;
    struct answer answer;
    TRY(pool_take(pool, earlier(call->deadline_us, clock_mono_us() + limits->checkout_us), &conn));
    enum status status = run_tries(conn, limits->statement_us, call, query, params, &answer);
    pool_put(pool, conn);
    TRY(status);
    return answer_read(&answer, QUERIES[query].name, call, ret);
}
