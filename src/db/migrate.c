/* Applies the embedded SQL, and checks before a server starts that it was applied. */
#include <gongji/db/migrate.h>

#include "call.h"
#include "conn.h"
#include "embedded_sql.h"

#include <gongji/base/clock.h>
#include <gongji/base/str.h>
#include <gongji/db/db.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SCHEMA_MAJOR = 1, /* a schema of another major is not for this program, however new */
    ATTEMPTS = 5,
    CONNECT_US = 10 * 1000 * 1000,
};
static const int64_t MIGRATE_US = INT64_C(3600) * 1000 * 1000; /* a migration may rewrite a large table */

struct migration {
    struct conn conn;
    struct arena *arena;
    const char **ret_why;
    char sqlstate[6]; /* of the failure */
};

/* ---- statements ---- */

static const char *primary(const PGresult *result)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return message ? message : "no message";
}

static bool fail(struct migration *m, const char *what, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE),
               *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    snprintf(m->sqlstate, sizeof(m->sqlstate), "%s", sqlstate ? sqlstate : "");
    context = context ? context : "";
    *m->ret_why = arena_printf(m->arena, "%s: %s%s%.*s", what, primary(result), *context ? ", at " : "",
                               (int)strcspn(context, "\n"), context);
    return false;
}

/* Runs one text; `what` names it in the one line that a failure gives. params NULL: it may hold several statements. */
static bool ask(struct migration *m, const char *what, const char *sql, const char *const *params, size_t count,
                PGresult **ret)
{
    PGresult *result = NULL;
    if (conn_ask(&m->conn, sql, params, count, clock_mono_us() + MIGRATE_US, &result) != FATE_ANSWERED) {
        *m->ret_why = arena_printf(m->arena, "%s: the connection to the database was lost: run it again", what);
        return false;
    }
    arena_defer(m->arena, result_free, result);
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        return fail(m, what, result);
    if (ret)
        *ret = result;
    return true;
}

static bool script(struct migration *m, const char *what, const char *sql)
{
    return ask(m, what, sql, NULL, 0, NULL);
}

static bool step(struct migration *m, enum query query)
{
    return script(m, QUERIES[query].name, QUERIES[query].sql);
}

/* Runs a query that gives one text, or NULL. */
static bool ask_text(struct migration *m, enum query query, const char *param, const char **ret)
{
    PGresult *result;
    const char *params[] = { param };
    if (!ask(m, QUERIES[query].name, QUERIES[query].sql, params, QUERIES[query].count, &result))
        return false;
    *ret = PQntuples(result) && !PQgetisnull(result, 0, 0) ? PQgetvalue(result, 0, 0) : NULL;
    return true;
}

/* Runs the statement that a query wrote, if it wrote one. */
static bool run_written(struct migration *m, enum query query, const char *param)
{
    const char *sql;
    return ask_text(m, query, param, &sql) && (!sql || script(m, QUERIES[query].name, sql));
}

/* ---- the parts ---- */

static bool refuse(struct migration *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(struct migration *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    *m->ret_why = arena_vprintf(m->arena, format, args);
    va_end(args);
    return false;
}

static const struct embedded *find_migration(const char *name)
{
    const struct embedded *migration = EMBEDDED_MIGRATIONS;
    while (migration->name && strcmp(migration->name, name) != 0)
        migration++;
    return migration->name ? migration : NULL;
}

/* The past must be a beginning of what we have, unchanged. */
static bool check_applied(struct migration *m, const PGresult *applied)
{
    for (int i = 0; i < PQntuples(applied); i++) {
        const char *name = PQgetvalue(applied, i, 0);
        const struct embedded *migration = find_migration(name);
        if (!migration)
            return refuse(m, "the database was migrated by a newer program (%s): nothing was changed", name);
        if (strcmp(migration->sha256, PQgetvalue(applied, i, 1)) != 0)
            return refuse(
                m, "migration %s was edited after it was applied: take the edit back and write a new migration", name);
        if (migration != &EMBEDDED_MIGRATIONS[i])
            return refuse(m, "migration %s stands before %s, which is applied: migrations only go forward",
                          EMBEDDED_MIGRATIONS[i].name, name);
    }
    return true;
}

static bool apply_migrations(struct migration *m)
{
    PGresult *applied;
    if (!ask(m, "applied migrations", QUERIES[QUERY_MIGRATE_APPLIED].sql, NULL, 0, &applied) ||
        !check_applied(m, applied))
        return false;
    for (const struct embedded *migration = &EMBEDDED_MIGRATIONS[PQntuples(applied)]; migration->name; migration++) {
        const char *params[] = { migration->name, migration->sha256 };
        if (!script(m, arena_printf(m->arena, "migration %s", migration->name), migration->text) ||
            !ask(m, migration->name, QUERIES[QUERY_MIGRATE_RECORD].sql, params, 2, NULL))
            return false;
    }
    return true;
}

static bool apply_function(struct migration *m, const struct embedded *function)
{
    const char *what = arena_printf(m->arena, "function %s", function->name);
    if (!step(m, QUERY_MIGRATE_SAVEPOINT))
        return false;
    if (!script(m, what, function->text)) {
        if (strcmp(m->sqlstate, "42P13") !=
            0) /* invalid_function_definition: REPLACE cannot rename parameters or change the result */
            return false;
        if (!step(m, QUERY_MIGRATE_UNDO) || !run_written(m, QUERY_MIGRATE_DROP_NAMED, function->name) ||
            !script(m, what, function->text))
            return false;
    }
    return step(m, QUERY_MIGRATE_RELEASE);
}

/* All are replaced; those that stood here before and were not replaced are no longer in the source, and dropped. */
static bool apply_functions(struct migration *m)
{
    const char *before;
    if (!ask_text(m, QUERY_MIGRATE_FUNCTIONS, NULL, &before))
        return false;
    for (const struct embedded *function = EMBEDDED_FUNCTIONS; function->name; function++)
        if (!apply_function(m, function))
            return false;
    return run_written(m, QUERY_MIGRATE_DROP_STALE, before);
}

static bool apply_all(struct migration *m, const char *kind, const struct embedded *part)
{
    for (; part->name; part++)
        if (!script(m, arena_printf(m->arena, "%s %s", kind, part->name), part->text))
            return false;
    return true;
}

static bool remember(struct migration *m)
{
    const char *params[] = { EMBEDDED_DIGEST, db_int(m->arena, SCHEMA_MAJOR) };
    return ask(m, "schema state", QUERIES[QUERY_MIGRATE_STATE].sql, params, 2, NULL);
}

static bool prepare_roles(struct migration *m)
{
    if (apply_all(m, "file", EMBEDDED_ROLES))
        return true;
    if (strcmp(m->sqlstate, "42501") == 0) /* insufficient_privilege */
        *m->ret_why = "this database user may not create roles and schemas: let database.owner_url name one that may";
    return false;
}

static bool apply(struct migration *m)
{
    return step(m, QUERY_MIGRATE_BEGIN) && prepare_roles(m) && step(m, QUERY_MIGRATE_OWNER) && apply_migrations(m) &&
           run_written(m, QUERY_MIGRATE_DROP_VIEWS, NULL) && apply_functions(m) &&
           apply_all(m, "view", EMBEDDED_VIEWS) && apply_all(m, "file", EMBEDDED_GUARDS) &&
           apply_all(m, "file", EMBEDDED_GRANTS) && remember(m) && step(m, QUERY_MIGRATE_COMMIT);
}

/* ---- the two doors ---- */

static bool open_migration(struct migration *m, const char *option, const char *url, const char **ret_why,
                           struct arena *arena)
{
    struct conn_settings *settings = arena_alloc(arena, sizeof(*settings));
    *m = (struct migration){ .conn.settings = settings, .arena = arena, .ret_why = ret_why };
    if (!conn_settings_read(url, settings, arena))
        return refuse(m, "%s is not a PostgreSQL connection string", option);
    if (conn_connect(&m->conn, clock_mono_us() + CONNECT_US))
        return true;
    return refuse(m, "cannot connect to the database: %s", m->conn.why);
}

/* Roles belong to the cluster: a migrate of another database may make or grant them in the same moment. */
static bool worth_again(const struct migration *m)
{
    static const char *const SQLSTATES[] = {
        "23505", "42710",                /* unique_violation, duplicate_object: the other one made it */
        "XX000",                         /* internal_error: "tuple concurrently updated", of a catalogue */
        "40001", "40P01", "55P03", NULL, /* serialization_failure, deadlock_detected, lock_not_available */
    };
    return text_in(m->sqlstate, SQLSTATES);
}

bool migrate_run(const struct conf *conf, const char **ret_why, struct arena *arena)
{
    bool owner = *conf_text(conf, CONF_DATABASE_OWNER_URL) != '\0';
    const char *url = conf_text(conf, owner ? CONF_DATABASE_OWNER_URL : CONF_DATABASE_URL);
    for (int attempts = 1;; attempts++) {
        struct migration m;
        if (!open_migration(&m, owner ? "database.owner_url" : "database.url", url, ret_why, arena))
            return false;
        bool done = apply(&m);
        conn_close(&m.conn); /* rolls back what was not committed */
        if (done || !worth_again(&m) || attempts == ATTEMPTS)
            return done;
        contention_pause();
    }
}

static bool state_fits(const PGresult *result, struct arena *arena)
{
    struct outcome outcome;
    struct answer answer = call_answer(result, 0);
    if (answer_read(&answer, QUERIES[QUERY_SCHEMA_STATE].name, &(struct db_call){ .arena = arena }, &outcome) != ST_OK)
        return false;
    return json_is_true(json_object_get(outcome.result, "known")) &&
           json_integer_value(json_object_get(outcome.result, "major")) == SCHEMA_MAJOR;
}

bool migrate_check(const struct conf *conf, const char **ret_why, struct arena *arena)
{
    struct migration m;
    PGresult *result CLEANUP(pq_clear) = NULL;
    const char *params[] = { EMBEDDED_DIGEST };
    if (!open_migration(&m, "database.url", conf_text(conf, CONF_DATABASE_URL), ret_why, arena))
        return false;
    enum fate fate = conn_execute(&m.conn, QUERY_SCHEMA_STATE, params, clock_mono_us() + CONNECT_US, &result);
    conn_close(&m.conn);
    if (fate != FATE_ANSWERED)
        return refuse(&m, "cannot read the schema's state: the connection to the database was lost");
    /* No such function or schema, or not allowed to use it: not migrated, or not to where this program is. */
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1 || !state_fits(result, arena))
        return refuse(&m, "the database schema is behind this program: run gongji migrate");
    return true;
}
