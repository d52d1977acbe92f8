/* libpq without blocking: connect, prepare, send, wait and drain, each with a deadline. */
#include "conn.h"

#include <gongji/base/clock.h>
#include <gongji/base/log.h>
#include <gongji/base/metrics.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
    CONNECT_US = 2000 * 1000,     /* a host that does not answer is given up after this */
    CANCEL_GRACE_US = 200 * 1000, /* kept back from a deadline for cancelling and reading the answer to that */
};

/* What a connection string gets when it does not say so itself. A peer that vanished is noticed within about 10 s even
 * when nothing is sent (keepalives), and after 3 s of unacknowledged data (tcp_user_timeout): each misses a case. */
static const struct {
    const char *keyword, *value;
} DEFAULTS[] = {
    { "application_name", "gongji" }, { "client_encoding", "UTF8" },  { "keepalives", "1" },
    { "keepalives_idle", "5" },       { "keepalives_interval", "2" }, { "keepalives_count", "3" },
    { "tcp_user_timeout", "3000" },
};

static void settings_add(struct conn_settings *settings, const char *keyword, const char *value)
{
    for (size_t i = 0; i + 1 < CONN_PARAMETERS; i++) {
        if (settings->keywords[i] && strcmp(settings->keywords[i], keyword) == 0)
            return;
        if (!settings->keywords[i]) {
            settings->keywords[i] = keyword;
            settings->values[i] = value;
            return;
        }
    }
}

bool conn_settings_read(const char *url, struct conn_settings *ret, struct arena *arena)
{
    char *error = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &error);
    PQfreemem(error); /* it may quote the string, password and all */
    if (!options)
        return false;
    *ret = (struct conn_settings){ .role = "none", .statement_ms = "0", .lock_ms = "0" };
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        if (!option->val)
            continue;
        settings_add(ret, arena_strdup(arena, option->keyword), arena_strdup(arena, option->val));
        if (strcmp(option->keyword, "host") == 0 && strchr(option->val, ','))
            settings_add(ret, "target_session_attrs", "read-write"); /* of several hosts, the primary */
    }
    for (size_t i = 0; i < sizeof(DEFAULTS) / sizeof(*DEFAULTS); i++)
        settings_add(ret, DEFAULTS[i].keyword, DEFAULTS[i].value);
    PQconninfoFree(options);
    return true;
}

/* False when `until_us` passed first, or the socket is no more. */
static bool wait_socket(const PGconn *pg, short events, int64_t until_us)
{
    for (;;) {
        int64_t left_us = until_us - clock_mono_us();
        struct pollfd socket = { .fd = PQsocket(pg), .events = events };
        if (left_us <= 0 || socket.fd < 0)
            return false;
        int ready = poll(&socket, 1, (int)(left_us < 60000000 ? (left_us + 999) / 1000 : 60000));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

static bool flush(PGconn *pg, int64_t until_us)
{
    int left;
    while ((left = PQflush(pg)) == 1)
        /* Read too: a server that waits for us to take its notices would not take our parameters. */
        if (!wait_socket(pg, POLLIN | POLLOUT, until_us) || !PQconsumeInput(pg))
            return false;
    return left == 0;
}

static void keep(PGresult **kept, PGresult *result)
{
    /* The rows of a SELECT come before its transaction ends: an error after them (a deferred trigger) is the answer. */
    if (*kept && PQresultStatus(result) != PGRES_FATAL_ERROR && PQresultStatus(*kept) == PGRES_FATAL_ERROR) {
        PQclear(result);
        return;
    }
    PQclear(*kept);
    *kept = result;
}

/* Reads until the server is ready for the next query, which it says after the transaction ended. False: it never was. */
static bool drain(PGconn *pg, int64_t until_us, PGresult **ret)
{
    for (;;) {
        while (PQisBusy(pg))
            if (!wait_socket(pg, POLLIN, until_us) || !PQconsumeInput(pg))
                return false;
        PGresult *result = PQgetResult(pg);
        if (!result)
            return PQtransactionStatus(pg) != PQTRANS_UNKNOWN;
        keep(ret, result);
    }
}

static void cancel(PGconn *pg)
{
    char error[256];
    PGcancel *request = PQgetCancel(pg);
    if (request)
        PQcancel(request, error,
                 sizeof(error)); /* when it fails, the wait for the answer ends at the deadline all the same */
    PQfreeCancel(request);
}

static bool finish(PGconn *pg, int64_t until_us, PGresult **ret)
{
    int64_t left_us = until_us - clock_mono_us();
    int64_t patience_us = until_us - (left_us / 4 < CANCEL_GRACE_US ? left_us / 4 : CANCEL_GRACE_US);
    if (!flush(pg, patience_us))
        return false;
    if (drain(pg, patience_us, ret))
        return true;
    if (PQstatus(pg) != CONNECTION_OK || clock_mono_us() < patience_us)
        return false;
    cancel(pg);
    return drain(pg, until_us, ret);
}

static enum fate answered(struct conn *conn, int sent, int64_t until_us, PGresult **ret)
{
    PGresult *result = NULL;
    if (sent && finish(conn->pg, until_us, &result) && result) {
        *ret = result;
        return FATE_ANSWERED;
    }
    PQclear(result);
    conn_close(conn);
    return FATE_LOST;
}

enum fate conn_ask(struct conn *conn, const char *sql, const char *const *params, size_t count, int64_t until_us,
                   PGresult **ret)
{
    int sent = params ? PQsendQueryParams(conn->pg, sql, (int)count, NULL, params, NULL, NULL, 0)
                      : PQsendQuery(conn->pg, sql);
    return answered(conn, sent, until_us, ret);
}

static void no_notice(void *context, const char *message)
{
    (void)context;
    (void)message; /* libpq would print it to standard error, where the log is */
}

static void first_line(char *line, size_t size, const char *text)
{
    size_t length = strcspn(text, "\n");
    snprintf(line, size, "%.*s", (int)(length < size ? length : size - 1), text);
}

static bool open_session(struct conn *conn, int64_t until_us)
{
    char offset[24] = "";
    if (clock_offset_us() != 0)
        snprintf(offset, sizeof(offset), "%lld", (long long)clock_offset_us());
    const char *params[] = { conn->settings->role, conn->settings->statement_ms, conn->settings->lock_ms, offset };
    PGresult *result CLEANUP(pq_clear) = NULL;
    if (conn_ask(conn, QUERIES[QUERY_SESSION].sql, params, QUERIES[QUERY_SESSION].count, until_us, &result) !=
        FATE_ANSWERED) {
        first_line(conn->why, sizeof(conn->why), "the server closed the connection");
        return false;
    }
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return true;
    first_line(conn->why, sizeof(conn->why), PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    return false;
}

static bool dial(struct conn *conn, int64_t until_us)
{
    conn->pg = PQconnectStartParams(conn->settings->keywords, conn->settings->values, 0);
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    while (conn->pg && PQstatus(conn->pg) != CONNECTION_BAD && step != PGRES_POLLING_OK &&
           step != PGRES_POLLING_FAILED) {
        if (!wait_socket(conn->pg, step == PGRES_POLLING_READING ? POLLIN : POLLOUT, until_us)) {
            first_line(conn->why, sizeof(conn->why), "the server does not answer");
            return false;
        }
        step = PQconnectPoll(conn->pg); /* it may go on to the next host, on another socket */
    }
    if (step != PGRES_POLLING_OK) {
        first_line(conn->why, sizeof(conn->why), PQerrorMessage(conn->pg));
        return false;
    }
    PQsetNoticeProcessor(conn->pg, no_notice, NULL);
    return PQsetnonblocking(conn->pg, 1) == 0;
}

bool conn_connect(struct conn *conn, int64_t until_us)
{
    int64_t limit_us = clock_mono_us() + CONNECT_US;
    if (limit_us > until_us)
        limit_us = until_us;
    if (!dial(conn, limit_us) || !open_session(conn, limit_us)) {
        conn_close(conn);
        return false;
    }
    return true;
}

void conn_close(struct conn *conn)
{
    PQfinish(conn->pg);
    conn->pg = NULL;
    memset(conn->prepared, 0, sizeof(conn->prepared));
}

static bool reconnect(struct conn *conn, int64_t until_us)
{
    conn_close(conn);
    if (clock_mono_us() >= until_us) /* the caller's fault, not the database's */
        return false;
    if (!conn_connect(conn, until_us)) {
        if (!conn->down) /* once an outage, not once a call */
            log_event(LOG_WARN, "database_away", LOG_TEXT("why", conn->why));
        conn->down = true;
        return false;
    }
    if (conn->connected_before)
        metric_add(METRIC_DB_RECONNECTS, 1);
    conn->connected_before = true;
    conn->down = false;
    return true;
}

/* Between queries the server says nothing but that it goes away: noticed here, the next statement is not lost on it. */
static bool alive(const struct conn *conn)
{
    struct pollfd socket = { .fd = conn->pg ? PQsocket(conn->pg) : -1, .events = POLLIN };
    if (socket.fd < 0 || PQstatus(conn->pg) != CONNECTION_OK)
        return false;
    return poll(&socket, 1, 0) <= 0 || (PQconsumeInput(conn->pg) && poll(&socket, 1, 0) <= 0);
}

static bool failed(const PGresult *result)
{
    return PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK;
}

/* FATE_ANSWERED with *ret NULL: prepared. */
static enum fate prepare(struct conn *conn, enum query query, int64_t until_us, PGresult **ret)
{
    PGresult *result = NULL;
    int sent = PQsendPrepare(conn->pg, QUERIES[query].name, QUERIES[query].sql, 0, NULL);
    if (answered(conn, sent, until_us, &result) != FATE_ANSWERED)
        return FATE_UNSENT; /* what was lost is the preparing, not the statement */
    if (failed(result)) {
        *ret = result;
        return FATE_ANSWERED;
    }
    PQclear(result);
    conn->prepared[query] = true;
    return FATE_ANSWERED;
}

/* A connection that dies while it prepares is made anew once: nothing of the statement was sent. */
static enum fate make_ready(struct conn *conn, enum query query, int64_t until_us, PGresult **ret_refused)
{
    for (int tries = 0; tries < 2; tries++) {
        if (!alive(conn) && !reconnect(conn, until_us))
            return FATE_UNSENT;
        if (conn->prepared[query] || prepare(conn, query, until_us, ret_refused) == FATE_ANSWERED)
            return FATE_ANSWERED;
    }
    return FATE_UNSENT;
}

enum fate conn_execute(struct conn *conn, enum query query, const char *const *params, int64_t until_us, PGresult **ret)
{
    PGresult *refused = NULL;
    if (make_ready(conn, query, until_us, &refused) == FATE_UNSENT)
        return FATE_UNSENT;
    if (refused) {
        *ret = refused;
        return FATE_ANSWERED;
    }
    int sent = PQsendQueryPrepared(conn->pg, QUERIES[query].name, (int)QUERIES[query].count, params, NULL, NULL, 0);
    return answered(conn, sent, until_us, ret);
}
