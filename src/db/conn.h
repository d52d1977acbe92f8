#pragma once
/* One physical connection: made when first needed, remade when broken, every wait bounded by a deadline.
 * Used by one thread at a time; who shares it (pool.c) guards it. */
#include <gongji/base/arena.h>
#include <gongji/db/query.h>

#include <libpq-fe.h>

#include <stdbool.h>
#include <stdint.h>

enum { CONN_PARAMETERS = 48 }; /* libpq 15 knows 41 connection parameters */

struct conn_settings {
    const char *keywords[CONN_PARAMETERS], *values[CONN_PARAMETERS]; /* for PQconnectStartParams, NULL at the end */
    const char *role;         /* acted as whoever logged in; "none": the login itself */
    const char *statement_ms; /* server-side limits, as text */
    const char *lock_ms;
};

struct conn {
    const struct conn_settings *settings;
    PGconn *pg;                 /* NULL: not connected */
    bool prepared[QUERY_COUNT]; /* on this physical connection */
    bool connected_before, down;
    char why[256]; /* of the last failure to connect, one line */
};

/* Adds keepalives, tcp_user_timeout, application name and encoding to `url` where it does not set them. False: `url` is
 * not a connection string. */
bool conn_settings_read(const char *url, struct conn_settings *ret, struct arena *arena);

bool conn_connect(struct conn *conn, int64_t until_us); /* false: conn->why */
void conn_close(struct conn *conn);

enum fate {
    FATE_UNSENT,  /* nothing can have happened */
    FATE_LOST,    /* sent, and the end of its answer never came; the connection is closed */
    FATE_ANSWERED /* *ret is rows or an error, and the transaction has ended */
};
/* Runs a query as one statement, one transaction. A statement still running near `until_us` is cancelled, so that this
 * returns by then. */
enum fate conn_execute(struct conn *conn, enum query query, const char *const *params, int64_t until_us,
                       PGresult **ret);

/* The same without preparing or reconnecting, for migrate: a transaction may stay open. params NULL: `sql` may hold
 * several statements. */
enum fate conn_ask(struct conn *conn, const char *sql, const char *const *params, size_t count, int64_t until_us,
                   PGresult **ret);

static inline void pq_clear(PGresult **result)
{
    PQclear(*result);
}

/* For arena_defer(). */
static inline void result_free(void *result)
{
    PQclear(result);
}
