/* The sweeper: one small transaction after the other until nothing is due, a look at what is not done, then sleep. */
#include "sweeper.h"

#include <pthread.h>
#include <time.h>

#include <gongji/base/clock.h>
#include <gongji/base/id.h>
#include <gongji/base/log.h>
#include <gongji/base/metrics.h>
#include <gongji/db/payments.h>

enum { SWEEP_ITEMS = 50, SWEEP_US = 4 * 1000 * 1000 };

struct sweeper {
    struct db *db;
    int64_t every_s;
    pthread_t thread;
    pthread_mutex_t lock; /* guards stopping */
    pthread_cond_t woken;
    bool stopping;
};

static struct db_call *sweep_call(struct arena *arena)
{
    struct db_call *call = arena_alloc(arena, sizeof *call);
    char request_id[37];
    id_new(request_id);
    *call = (struct db_call){ .arena = arena,
                              .deadline_us = clock_mono_us() + SWEEP_US,
                              .context = arena_printf(arena, "{\"request_id\": \"%s\"}", request_id),
                              .client = "sweeper" };
    return call;
}

/* True when there may be more to do at once. A database that is away is the business of readiness; the next sweep comes. */
static bool sweep(struct sweeper *sweeper)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct outcome out = { .code = ST_OK };
    enum status status = db_payments_expire(sweeper->db, sweep_call(arena), db_int(arena, SWEEP_ITEMS), &out);
    if (status != ST_OK || out.code != ST_OK) {
        log_event(LOG_WARN, "sweep_failed", LOG_TEXT("code", status_code(status != ST_OK ? status : out.code)));
        return false;
    }
    int64_t expired = json_integer_value(json_object_get(out.result, "expired"));
    bool adopted = json_is_true(json_object_get(out.result, "adopted"));
    if (expired > 0 || adopted)
        log_event(LOG_INFO, "swept", LOG_INT("expired", expired), LOG_INT("adopted", adopted));
    return expired == SWEEP_ITEMS || adopted;
}

static void show_open_items(struct sweeper *sweeper)
{
    static const struct {
        const char *name;
        enum metric metric;
    } GAUGES[] = {
        { "payments_awaiting_cash", METRIC_OPEN_AWAITING_CASH },
        { "payments_in_review", METRIC_OPEN_IN_REVIEW },
        { "refunds_processing", METRIC_OPEN_REFUNDS_PROCESSING },
        { "refunds_failed", METRIC_OPEN_REFUNDS_FAILED },
        { "cash_unknown", METRIC_OPEN_CASH_UNKNOWN },
    };
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct outcome out = { .code = ST_OK };
    if (db_work_gauges(sweeper->db, sweep_call(arena), &out) != ST_OK || out.code != ST_OK)
        return; /* the last numbers stay */
    for (size_t i = 0; i < sizeof GAUGES / sizeof *GAUGES; i++)
        metric_set(GAUGES[i].metric, json_integer_value(json_object_get(out.result, GAUGES[i].name)));
}

/* False: it is time to stop. */
static bool rest(struct sweeper *sweeper, int64_t seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&sweeper->lock);
    while (!sweeper->stopping && pthread_cond_timedwait(&sweeper->woken, &sweeper->lock, &until) == 0)
        ;
    bool go_on = !sweeper->stopping;
    pthread_mutex_unlock(&sweeper->lock);
    return go_on;
}

static void *run(void *context)
{
    struct sweeper *sweeper = context;
    bool more = false;
    while (rest(sweeper, more ? 0 : sweeper->every_s)) {
        more = sweep(sweeper);
        if (!more)
            show_open_items(sweeper);
    }
    return NULL;
}

bool sweeper_start(const struct conf *conf, struct db *db, struct sweeper **ret, struct arena *arena)
{
    struct sweeper *sweeper = arena_alloc(arena, sizeof *sweeper);
    pthread_condattr_t monotonic;
    *sweeper = (struct sweeper){ .db = db, .every_s = conf_int(conf, CONF_PAYMENT_SWEEP_SECONDS) };
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&sweeper->lock, NULL);
    pthread_cond_init(&sweeper->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&sweeper->thread, NULL, run, sweeper) != 0)
        return false;
    *ret = sweeper;
    return true;
}

void sweeper_stop(struct sweeper *sweeper)
{
    if (!sweeper)
        return;
    pthread_mutex_lock(&sweeper->lock);
    sweeper->stopping = true;
    pthread_cond_signal(&sweeper->woken);
    pthread_mutex_unlock(&sweeper->lock);
    pthread_join(sweeper->thread, NULL);
    pthread_cond_destroy(&sweeper->woken);
    pthread_mutex_destroy(&sweeper->lock);
}
