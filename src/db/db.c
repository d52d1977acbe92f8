/* The database as the rest of the program sees it: a pool, a long connection, and the lanes of the combining queue. */
#include <gongji/db/db.h>

#include "batch.h"
#include "call.h"

#include <gongji/base/clock.h>

#include <assert.h>
#include <stdio.h>

enum { PARAMETERS_MAX = 64 };

static const struct call_limits ORDINARY = { .checkout_us = 500 * 1000, .statement_us = STATEMENT_US };
static const struct call_limits LONG = { .checkout_us = INT64_C(86400) * 1000 * 1000,
                                         .statement_us = INT64_C(86400) * 1000 * 1000 };

struct db {
    struct arena *arena; /* all of this lives in it */
    struct conn_settings settings, lane_settings, long_settings;
    struct pool *pool, *long_pool;
    struct batch *batch;
};

/* ---- the lanes' way to the database ---- */

static void *lane_open(void *context)
{
    struct db *db = context;
    struct conn *conn = arena_alloc(db->arena,
                                    sizeof(*conn)); /* lanes are opened one after the other, by db_open's thread */
    conn->settings = &db->lane_settings;
    return conn;
}

static void lane_close(void *worker)
{
    conn_close(worker);
}

static enum ending lane_run(void *worker, enum query query, const char *const *params, size_t items, int64_t until_us,
                            struct arena *arena, struct answer *ret_answers, struct defect *ret_defect)
{
    struct conn *conn = worker;
    PGresult *result = NULL;
    enum fate fate = conn_execute(conn, query, params, until_us, &result);
    enum ending ending = call_ending(fate, result, ret_defect);
    if (result)
        arena_defer(arena, result_free, result);
    if (ending == ENDED_AWAY)
        conn_close(conn);
    if (ending != ENDED_WELL)
        return ending;
    if ((size_t)PQntuples(result) != items || PQnfields(result) != 4) {
        snprintf(ret_defect->message, sizeof(ret_defect->message), "%d rows for %zu items", PQntuples(result), items);
        return ENDED_GARBLED;
    }
    for (size_t i = 0; i < items; i++)
        ret_answers[i] = call_answer(result, (int)i);
    return ENDED_WELL;
}

static void lane_report(enum query query, const struct defect *defect)
{
    defect_log(QUERIES[query].name, defect);
}

/* ---- start and end ---- */

static bool open_lanes(struct db *db, const struct conf *conf)
{
    struct batch_runner runner = {
        .context = db, .open = lane_open, .close = lane_close, .run = lane_run, .report = lane_report
    };
    struct batch_limits limits = {
        .write_lanes = (size_t)conf_int(conf, CONF_DATABASE_WRITE_LANES),
        .read_lanes = (size_t)conf_int(conf, CONF_DATABASE_READ_LANES),
        .queue = (size_t)conf_int(conf, CONF_DATABASE_LANE_QUEUE),
        .items = (size_t)conf_int(conf, CONF_DATABASE_BATCH_ITEMS),
    };
    db->batch = batch_open(&runner, &limits, db->arena);
    return db->batch != NULL;
}

static bool open_as(const struct conf *conf, enum conf_option url, const char *role, struct db **ret,
                    const char **ret_why, struct arena *arena)
{
    struct arena *own = arena_new();
    struct db *db = arena_alloc(own, sizeof(*db));
    db->arena = own;
    if (!conn_settings_read(conf_text(conf, url), &db->settings, own)) {
        *ret_why = arena_printf(arena, "database.%s is not a PostgreSQL connection string",
                                url == CONF_DATABASE_URL ? "url" : "owner_url");
        arena_free(own);
        return false;
    }
    db->settings.role = role;
    db->settings.statement_ms = "2s";
    db->settings.lock_ms = "1500ms";
    db->lane_settings = db->settings;
    db->lane_settings.lock_ms = "100ms"; /* a lane that waits makes many wait: batch.c asks again later */
    db->long_settings = db->settings;
    db->long_settings.statement_ms = "10min"; /* should this program die, its job does not run on for ever */
    db->pool = pool_new(&db->settings, (size_t)conf_int(conf, CONF_DATABASE_CONNECTIONS), own);
    db->long_pool = pool_new(&db->long_settings, 1, own);
    if (!open_lanes(db, conf)) {
        *ret_why = arena_strdup(arena, "cannot start the database threads");
        arena_free(own);
        return false;
    }
    *ret = db;
    return true;
}

bool db_open(const struct conf *conf, struct db **ret, const char **ret_why, struct arena *arena)
{
    return open_as(conf, CONF_DATABASE_URL, "gongji_app", ret, ret_why, arena);
}

bool db_open_owner(const struct conf *conf, struct db **ret, const char **ret_why, struct arena *arena)
{
    bool own = *conf_text(conf, CONF_DATABASE_OWNER_URL) != '\0';
    return open_as(conf, own ? CONF_DATABASE_OWNER_URL : CONF_DATABASE_URL, "gongji_owner", ret, ret_why, arena);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    batch_close(db->batch);
    pool_free(db->long_pool);
    pool_free(db->pool);
    arena_free(db->arena);
}

/* ---- calls ---- */

enum status db_ping(struct db *db)
{
    struct conn *conn;
    PGresult *result CLEANUP(pq_clear) = NULL;
    int64_t until_us = clock_mono_us() + ORDINARY.checkout_us;
    TRY(pool_take(db->pool, until_us, &conn));
    enum fate fate = conn_execute(conn, QUERY_PING, NULL, until_us + ORDINARY.checkout_us, &result);
    pool_put(db->pool, conn);
    return fate == FATE_ANSWERED && PQresultStatus(result) == PGRES_TUPLES_OK ? ST_OK : ST_DATABASE_UNAVAILABLE;
}

static enum status run_in(struct pool *pool, const struct call_limits *limits, const struct db_call *call,
                          enum query query, const char *const *params, size_t count, struct outcome *ret)
{
    const char *all[PARAMETERS_MAX] = { call->context };
    size_t first = QUERIES[query].context ? 1 : 0;
    assert(!QUERIES[query].set && first + count == QUERIES[query].count && first + count <= PARAMETERS_MAX);
    for (size_t i = 0; i < count; i++)
        all[first + i] = params[i];
    return call_run(pool, limits, call, query, all, ret);
}

enum status db_run(struct db *db, const struct db_call *call, enum query query, const char *const *params, size_t count,
                   struct outcome *ret)
{
    return run_in(db->pool, &ORDINARY, call, query, params, count, ret);
}

enum status db_run_long(struct db *db, const struct db_call *call, enum query query, const char *const *params,
                        size_t count, struct outcome *ret)
{
    return run_in(db->long_pool, &LONG, call, query, params, count, ret);
}

enum status db_batch(struct db *db, const struct db_call *call, enum lane lane, enum query query,
                     const char *const *params, size_t count, struct outcome *ret)
{
    struct answer answer;
    assert(QUERIES[query].set && count + 2 == QUERIES[query].count); /* p_ctx before, p_wait after */
    TRY(batch_submit(db->batch, call, lane, query, params, count, &answer));
    return answer_read(&answer, QUERIES[query].name, call, ret);
}
