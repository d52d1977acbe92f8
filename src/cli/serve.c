/* gongji serve: starts the parts one after the other, waits for a signal, stops them in reverse. */
#include "cli.h"
#include "sweeper.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include <gongji/api/webhooks.h>
#include <gongji/base/clock.h>
#include <gongji/base/log.h>
#include <gongji/base/version.h>
#include <gongji/http/server.h>

struct service {
    struct cli *cli;
    struct app app;
    struct auth *auth;
    struct server *server, *probes;
    struct sweeper *sweeper;
    struct webhooks *webhooks;
};

static _Atomic(struct server *) running; /* for readiness: handlers know the app, not the server */

static bool draining(void)
{
    struct server *server = atomic_load(&running);
    return server && server_draining(server);
}

/* --- start --- */

/* -1: none was passed, listen as configured. */
static bool passed_socket(int *ret_fd, const char **ret_why, struct arena *arena)
{
    int count = sd_listen_fds(1);
    *ret_fd = count == 1 ? SD_LISTEN_FDS_START : -1;
    if (count < 0)
        *ret_why = arena_printf(arena, "socket activation: %s", strerror(-count));
    else if (count > 1)
        *ret_why = arena_printf(arena, "socket activation passed %d sockets, one is wanted", count);
    return count == 0 || count == 1;
}

static bool start_probes(struct service *service, const struct server_setup *beside, const char **ret_why)
{
    struct server_setup setup = *beside;
    setup.probes_only = true;
    setup.listen_fd = -1;
    return *conf_text(setup.conf, CONF_SERVER_PROBE_LISTEN) == '\0' ||
           server_start(&setup, &service->probes, ret_why, service->cli->arena);
}

static bool start(struct service *service, const char **ret_why)
{
    struct arena *arena = service->cli->arena;
    const struct conf *conf = service->cli->conf;
    struct app *app = &service->app;
    struct server_setup setup = { .conf = conf, .routes = ROUTES, .route_count = ROUTE_COUNT, .app = app };
    if (!cli_app_open(service->cli, app, ret_why) || !auth_new(conf, &service->auth, ret_why, arena) ||
        !passed_socket(&setup.listen_fd, ret_why, arena))
        return false;
    app->draining = draining;
    if (!wechatpay_new(conf, &app->wechatpay, ret_why, arena) || !alipay_new(conf, &app->alipay, ret_why, arena))
        return false;
    setup.auth = service->auth;
    if (!server_start(&setup, &service->server, ret_why, arena))
        return false;
    atomic_store(&running, service->server);
    if (!start_probes(service, &setup, ret_why))
        return false;
    if (!sweeper_start(conf, app->db, &service->sweeper, arena)) {
        *ret_why = "cannot start the sweeper's thread";
        return false;
    }
    if (!webhooks_start(app, &service->webhooks, ret_why))
        return false;
    log_event(LOG_INFO, "started", LOG_TEXT("version", GONGJI_VERSION),
              LOG_TEXT("listen", setup.listen_fd < 0 ? conf_text(conf, CONF_SERVER_LISTEN) : "socket activation"));
    if (clock_offset_us() != 0)
        log_event(LOG_WARN, "clock_moved", LOG_TEXT("now", conf_text(conf, CONF_CLOCK_NOW)));
    return true;
}

static void stop(struct service *service)
{
    webhooks_stop(service->webhooks);
    sweeper_stop(service->sweeper);
    if (service->server)
        server_stop(service->server);
    if (service->probes) /* until here they say that it drains */
        server_stop(service->probes);
    if (service->auth)
        auth_free(service->auth);
    wechatpay_free(service->app.wechatpay);
    alipay_free(service->app.alipay);
    cli_app_close(&service->app);
}

/* --- signals --- */

/* Blocked before the first thread starts, so that every thread inherits it and only sigwait() sees them. */
static sigset_t block_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signals;
}

static void reload(struct service *service)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct conf *fresh = NULL;
    const char *why;
    if (conf_load(service->cli->config, &fresh, &why, arena) && auth_reload(service->auth, fresh, &why, arena) &&
        wechatpay_reload(service->app.wechatpay, fresh, &why, arena) &&
        alipay_reload(service->app.alipay, fresh, &why, arena))
        log_event(LOG_INFO, "reloaded", LOG_TEXT("file", conf_path(fresh)));
    else
        log_event(LOG_ERROR, "reload_refused", LOG_TEXT("reason", why));
    conf_free(fresh);
}

static const char *wait_for_end(struct service *service, const sigset_t *signals)
{
    int number = 0;
    while (sigwait(signals, &number) != 0 || number == SIGHUP)
        if (number == SIGHUP)
            reload(service);
    return number == SIGTERM ? "SIGTERM" : "SIGINT";
}

int cli_serve(struct cli *cli)
{
    sigset_t signals = block_signals();
    struct service service = { .cli = cli };
    const char *why;
    if (!cli_conf(cli))
        return CLI_FAILED;
    if (!start(&service, &why)) {
        stop(&service);
        return cli_fail("%s", why);
    }
    sd_notify(0, "READY=1");
    const char *name = wait_for_end(&service, &signals);
    log_event(LOG_INFO, "stopping", LOG_TEXT("signal", name));
    sd_notify(0, "STOPPING=1");
    /* A second one now ends the process at once: what is not committed is rolled back, and keys make a retry safe. */
    sigdelset(&signals, SIGHUP);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    stop(&service);
    log_event(LOG_INFO, "stopped", LOG_TEXT("signal", name));
    return CLI_DONE;
}
