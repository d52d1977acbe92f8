#pragma once
/* The table of routes and how a path finds its row. `http` knows no endpoint: rows come from api/routes.c. */
#include <stdbool.h>
#include <stddef.h>

#include <gongji/http/request.h>

struct app; /* whatever the handlers share; http only hands it on */

enum body {
    BODY_NONE,  /* a body is ignored when empty, refused otherwise */
    BODY_JSON,  /* application/json, ≤ server.body_bytes */
    BODY_BYTES, /* raw bytes kept in memory, ≤ body_limit, media types in `accepts` */
    BODY_SPOOL  /* raw bytes kept in an unlinked temporary file, ≤ server.import_bytes */
};

struct route {
    const char *method, *path; /* "/v1/bindings/{binding_id}/history" */
    enum status (*handle)(struct app *app, struct request *rq);
    const char *scopes; /* any one of these, separated by blanks, first match names caller.scope; NULL: no token */
    enum body body;
    bool keyed;          /* Idempotency-Key required */
    bool probe;          /* for whoever runs the machine; the only ones of a server of probes */
    bool personal;       /* answers personal data: Cache-Control: no-store */
    const char *accepts; /* media types of BODY_BYTES and BODY_SPOOL, separated by blanks */
    size_t body_limit;
};

struct route_match {
    const struct route *route;
    const char *names[4], *values[4];
    int count;
    const char *allow; /* on ST_METHOD_NOT_ALLOWED: the Allow header */
};
/* ST_ROUTE_NOT_FOUND or ST_METHOD_NOT_ALLOWED. HEAD is served by the GET row. */
enum status router_find(const struct route *routes, size_t count, struct arena *arena, const char *method,
                        const char *path, struct route_match *ret);
