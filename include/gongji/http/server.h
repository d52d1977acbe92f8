#pragma once
/* The HTTP server: libmicrohttpd, one thread per connection. */
#include <gongji/base/conf.h>
#include <gongji/http/auth.h>
#include <gongji/http/router.h>

struct server;
struct server_setup {
    const struct conf *conf;
    const struct route *routes;
    size_t route_count;
    struct app *app; /* given to every handler */
    struct auth *auth;
    int listen_fd;    /* from socket activation; -1: server.listen */
    bool probes_only; /* at server.probe_listen, a few connections: however busy the others are, these are answered */
};
/* False with one plain line ("127.0.0.1:8080 is in use by another process"). */
bool server_start(const struct server_setup *setup, struct server **ret, const char **ret_why, struct arena *arena);
bool server_draining(const struct server *server);
/* Graceful end, ≤ server.drain_seconds: not ready, listener closed, `Connection: close` on replies, in-flight to zero,
 * threads joined. Frees everything but what the arena of server_start holds. */
void server_stop(struct server *server);
