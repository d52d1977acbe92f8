/* Starts and stops libmicrohttpd: one thread per connection, so that handlers may simply block. */
#include "inner.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include <gongji/base/clock.h>
#include <gongji/base/log.h>

#include "listen.h"

#ifdef __SANITIZE_ADDRESS__
enum { STACK_BYTES = 1024 * 1024 }; /* its red zones widen every frame */
#else
enum { STACK_BYTES = 256 * 1024 };
#endif
enum { CONNECTION_BYTES = 14 * 1024, SPARE_FILES = 64, DRAIN_STEP_MS = 5, PROBE_CONNECTIONS = 16, PROBE_IDLE_S = 5 };

static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct request *rq = request_new(cls, target);
    rq->connection = connection;
    rq->target_at = target;
    return rq;
}

static const char *peer_of(struct arena *arena, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info == NULL ? NULL : info->client_addr;
    char text[INET6_ADDRSTRLEN] = "local";
    if (address != NULL && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text, sizeof text);
    else if (address != NULL && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text, sizeof text);
    return arena_strdup(arena, text);
}

static enum MHD_Result on_call(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *upload, size_t *upload_size, void **context)
{
    struct request *rq = *context;
    (void)cls, (void)url; /* the target as sent says more than MHD's parsed path */
    if (!rq->begun) {
        rq->method = method;
        rq->version = version;
        rq->peer = peer_of(rq->arena, connection);
    }
    return (enum MHD_Result)edge_call(rq, upload, upload_size);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode why)
{
    (void)cls, (void)connection, (void)why;
    if (*context != NULL)
        edge_done(*context);
    *context = NULL;
}

/* MHD would decode escapes in the path; ours stays as sent, and the guard refuses any. */
static size_t as_sent(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls, (void)connection;
    return strlen(text);
}

/* Only the pattern of MHD's message: its arguments may quote a request. */
static void on_message(void *cls, const char *format, va_list arguments)
{
    (void)cls, (void)arguments;
    log_event(LOG_DEBUG, "http", LOG_TEXT("detail", format));
}

/* Each connection is a file and a thread; without files left, accept would spin. */
static bool files_enough(const struct conf *conf, const char **ret_why, struct arena *arena)
{
    struct rlimit limit;
    rlim_t need = (rlim_t)conf_int(conf, CONF_SERVER_CONNECTIONS) + SPARE_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return true;
    limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= need)
        return true;
    *ret_why = arena_printf(arena,
                            "server.connections = %lld needs %llu open files, but the limit (ulimit -Hn) is %llu",
                            (long long)conf_int(conf, CONF_SERVER_CONNECTIONS), (unsigned long long)need,
                            (unsigned long long)limit.rlim_max);
    return false;
}

static struct MHD_Daemon *daemon_start(struct server *server, int fd)
{
    const struct conf *conf = server->setup.conf;
    intptr_t connections = PROBE_CONNECTIONS, idle_s = PROBE_IDLE_S;
    if (!server->setup.probes_only) {
        connections = conf_int(conf, CONF_SERVER_CONNECTIONS);
        idle_s = conf_int(conf, CONF_SERVER_IDLE_SECONDS);
    }
    struct MHD_OptionItem options[] = { { MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_message, NULL },
                                        { MHD_OPTION_LISTEN_SOCKET, fd, NULL },
                                        { MHD_OPTION_CONNECTION_LIMIT, connections, NULL },
                                        { MHD_OPTION_CONNECTION_TIMEOUT, idle_s, NULL },
                                        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL },
                                        { MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES, NULL },
                                        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, server },
                                        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)as_sent, NULL },
                                        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_done, server },
                                        { MHD_OPTION_END, 0, NULL } };
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC |
                     MHD_USE_ERROR_LOG;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_call, server, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static bool listening(struct server *server, int *ret_fd, const char **ret_why, struct arena *arena)
{
    enum conf_option where = server->setup.probes_only ? CONF_SERVER_PROBE_LISTEN : CONF_SERVER_LISTEN;
    if (server->setup.listen_fd < 0)
        return listen_open(conf_text(server->setup.conf, where), ret_fd, &server->socket_path, ret_why, arena);
    *ret_fd = server->setup.listen_fd;
    return true;
}

bool server_start(const struct server_setup *setup, struct server **ret, const char **ret_why, struct arena *arena)
{
    struct server *server = arena_alloc(arena, sizeof *server);
    int fd = -1;
    server->setup = *setup;
    if (!files_enough(setup->conf, ret_why, arena) || !listening(server, &fd, ret_why, arena))
        return false;
    server->limit = limit_new(arena);
    server->daemon = daemon_start(server, fd);
    if (server->daemon == NULL) {
        close(fd);
        *ret_why = "libmicrohttpd could not start (out of memory or threads)";
        return false;
    }
    *ret = server;
    return true;
}

bool server_draining(const struct server *server)
{
    return atomic_load(&server->draining);
}

static void wait_idle(struct server *server)
{
    int64_t until_us = clock_mono_us() + conf_int(server->setup.conf, CONF_SERVER_DRAIN_SECONDS) * 1000000;
    while (atomic_load(&server->in_flight) > 0 && clock_mono_us() < until_us)
        nanosleep(&(struct timespec){ .tv_nsec = DRAIN_STEP_MS * 1000000L }, NULL);
    int left = atomic_load(&server->in_flight);
    if (left > 0)
        log_event(LOG_WARN, "drain_cut_short", LOG_INT("in_flight", left));
}

void server_stop(struct server *server)
{
    atomic_store(&server->draining, true);
    int fd = MHD_quiesce_daemon(server->daemon);
    if (fd >= 0)
        close(fd);
    if (server->socket_path != NULL)
        unlink(server->socket_path);
    wait_idle(server);
    MHD_stop_daemon(server->daemon);
    limit_free(server->limit);
}
