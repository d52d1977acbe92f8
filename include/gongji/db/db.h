#pragma once
/* The one door to PostgreSQL: a small pool for ordinary calls, the combining queue for hot ones.
 * Every call names a generated query (sql/functions, sql/queries) and gives text parameters; src/db/call.c alone reads
 * SQLSTATE. */
#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <gongji/base/arena.h>
#include <gongji/base/conf.h>
#include <gongji/base/status.h>
#include <gongji/db/query.h> /* generated: enum query { QUERY_BINDING_CREATE, … QUERY_COUNT } */

struct db;
/* Starts the lanes; connections are made when first needed: a database that is away makes readiness false, no more. */
bool db_open(const struct conf *conf, struct db **ret, const char **ret_why, struct arena *arena);
/* As who owns the schema, through database.owner_url where that is set: for what the server itself may not do. */
bool db_open_owner(const struct conf *conf, struct db **ret, const char **ret_why, struct arena *arena);
void db_close(struct db *db); /* lanes end after their running batch; nothing may be in flight */
enum status db_ping(struct db *db);

/* What travels with a call besides its parameters. */
struct db_call {
    struct arena *arena;
    int64_t deadline_us; /* clock_mono_us() */
    const char *context; /* p_ctx as JSON text */
    const char *key; /* hex idempotency scope or NULL: of calls in flight with one key, each waits for the one before */
    const char *client; /* who gets a bounded share of a batch */
    bool passed_on;     /* what succeeds is passed on as it comes: outcome.text instead of outcome.result */
};

/* What an api.* function answered. */
struct outcome {
    enum status code;         /* ST_OK, ST_CREATED, … or the first refusal */
    const enum status *codes; /* every refusal, in the documented order */
    size_t code_count;
    json_t *result;   /* owned by the arena; NULL when SQL gave NULL */
    const char *text; /* of a call that is passed on and succeeded: the result as compact JSON, unread */
    bool replayed;
};

/* Parameters after p_ctx (and before p_wait), as text in the order of the function's signature; NULL is SQL NULL; their
 * number is checked against the query. ST_OK means the function answered (look at ret->code); ST_DATABASE_UNAVAILABLE,
 * ST_RESULT_UNKNOWN, ST_OVERLOADED, ST_INTERNAL_ERROR: it did not. */
#define DB_PARAMS(...) \
    (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)
enum status db_run(struct db *db, const struct db_call *call, enum query query, const char *const *params, size_t count,
                   struct outcome *ret);
/* On the long connection: imports, proof, reports; one job at a time, its own deadline. */
enum status db_run_long(struct db *db, const struct db_call *call, enum query query, const char *const *params,
                        size_t count, struct outcome *ret);

/* Through the combining queue: the query is set-shaped, every parameter becomes one element of its array. */
enum lane { LANE_WRITE, LANE_READ };
enum status db_batch(struct db *db, const struct db_call *call, enum lane lane, enum query query,
                     const char *const *params, size_t count, struct outcome *ret);

/* Text forms of parameters. */
char *db_int(struct arena *arena, int64_t value);
const char *db_bool(bool value);
char *db_array(struct arena *arena, const char *const *texts, size_t count); /* array literal; NULL members allowed */
/* From a JSON array of strings or integers; NULL stays NULL. */
char *db_array_of(struct arena *arena, const json_t *strings);
