/* Sends events to webhooks: claim what is due, send it, report what came of it; then sleep a second. */
#include <gongji/api/webhooks.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <gongji/base/clock.h>
#include <gongji/base/log.h>
#include <gongji/channel/webhook.h>
#include <gongji/db/events.h>

enum { CLAIM_ITEMS = 16, POLL_S = 1, CALL_US = 4 * 1000 * 1000 };

struct webhooks {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    atomic_bool stop;
};

char *webhook_secret_aad(struct arena *arena, const char *webhook_id)
{
    return arena_printf(arena, "webhook.secret.%s", webhook_id);
}

static struct db_call system_call(struct arena *arena)
{
    return (struct db_call){ .arena = arena,
                             .deadline_us = clock_mono_us() + CALL_US,
                             .context = "{\"sub\":\"system\",\"kind\":\"staff\"}",
                             .client = "webhooks" };
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool open_secret(struct webhooks *webhooks, struct arena *arena, const json_t *item, const char *name,
                        const char **ret)
{
    struct str secret;
    const char *aad = webhook_secret_aad(arena, text(item, "webhook_id"));
    if (!crypto_open(webhooks->app->seal_keys, arena, aad, text(item, name), &secret))
        return false;
    *ret = arena_strndup(arena, secret.bytes, secret.length);
    return true;
}

static void send(struct webhooks *webhooks, struct arena *arena, const json_t *item, struct webhook_answer *ret)
{
    const char *secret, *previous = NULL;
    const json_t *event = json_object_get(item, "message");
    if (!open_secret(webhooks, arena, item, "secret_sealed", &secret) ||
        (text(item, "previous_secret_sealed") &&
         !open_secret(webhooks, arena, item, "previous_secret_sealed", &previous))) {
        *ret = (struct webhook_answer){ .error = "the signing secret cannot be opened" };
        return;
    }
    struct webhook_message message = {
        .url = text(item, "url"),
        .secret = secret,
        .previous_secret = previous,
        .id = text(event, "id"),
        .body = json_text(arena, event),
        .at_s = (clock_now_us() - clock_offset_us()) / 1000000, /* real time: receivers refuse what is minutes off */
    };
    webhook_post(arena, &message, &webhooks->stop, ret);
}

static void report(struct webhooks *webhooks, struct arena *arena, const json_t *item,
                   const struct webhook_answer *answer)
{
    struct outcome out;
    struct db_call call = system_call(arena);
    struct webhook_report in = {
        .webhook_id = text(item, "webhook_id"),
        .event_id = text(item, "event_id"),
        .attempt = json_integer_value(json_object_get(item, "attempt")),
        .http_status = answer->http_status,
        .error = answer->error,
        .duration_ms = answer->duration_ms,
    };
    if (db_webhook_report(webhooks->app->db, &call, &in, &out) != ST_OK)
        log_event(LOG_WARN, "webhook_unreported", LOG_TEXT("event_id", in.event_id)); /* it will be sent again */
}

/* False when less was due than could be taken: time to sleep. */
static bool deliver(struct webhooks *webhooks)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct db_call call = system_call(arena);
    struct outcome out;
    size_t i;
    const json_t *item;
    if (db_webhook_claim(webhooks->app->db, &call, CLAIM_ITEMS, &out) != ST_OK || out.code != ST_OK)
        return false;
    json_array_foreach(out.result, i, item) {
        struct webhook_answer answer;
        if (atomic_load(&webhooks->stop))
            return false;
        send(webhooks, arena, item, &answer);
        report(webhooks, arena, item, &answer);
        log_event(answer.error ? LOG_WARN : LOG_INFO, "webhook", LOG_TEXT("webhook_id", text(item, "webhook_id")),
                  LOG_TEXT("event_id", text(item, "event_id")), LOG_INT("status", answer.http_status),
                  LOG_TEXT("error", answer.error));
    }
    return json_array_size(out.result) == CLAIM_ITEMS;
}

static void sleep_or_stop(struct webhooks *webhooks)
{
    int64_t until_us = clock_mono_us() + (int64_t)POLL_S * 1000000;
    struct timespec until = { until_us / 1000000, until_us % 1000000 * 1000 };
    int slept = 0;
    pthread_mutex_lock(&webhooks->mutex);
    while (!atomic_load(&webhooks->stop) && slept == 0)
        slept = pthread_cond_clockwait(&webhooks->wake, &webhooks->mutex, CLOCK_MONOTONIC, &until);
    pthread_mutex_unlock(&webhooks->mutex);
}

static void *run(void *context)
{
    struct webhooks *webhooks = context;
    while (!atomic_load(&webhooks->stop))
        if (!deliver(webhooks))
            sleep_or_stop(webhooks);
    return NULL;
}

bool webhooks_start(struct app *app, struct webhooks **ret, const char **ret_why)
{
    *ret = NULL;
    if (*conf_text(app->conf, CONF_WEBHOOK_ORIGINS) == '\0')
        return true;
    struct webhooks *webhooks = calloc(1, sizeof *webhooks);
    if (!webhooks || !webhook_library_start())
        out_of_memory();
    webhooks->app = app;
    pthread_mutex_init(&webhooks->mutex, NULL);
    pthread_cond_init(&webhooks->wake, NULL);
    if (pthread_create(&webhooks->thread, NULL, run, webhooks) != 0) {
        free(webhooks);
        *ret_why = "cannot start the thread that delivers webhooks";
        return false;
    }
    *ret = webhooks;
    return true;
}

void webhooks_stop(struct webhooks *webhooks)
{
    if (!webhooks)
        return;
    pthread_mutex_lock(&webhooks->mutex);
    atomic_store(&webhooks->stop, true);
    pthread_cond_signal(&webhooks->wake);
    pthread_mutex_unlock(&webhooks->mutex);
    pthread_join(webhooks->thread, NULL);
    pthread_cond_destroy(&webhooks->wake);
    pthread_mutex_destroy(&webhooks->mutex);
    free(webhooks);
}
