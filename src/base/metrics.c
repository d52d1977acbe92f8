/* What the program counts of itself, shown at /metrics in the Prometheus text format 0.0.4. */
#include <gongji/base/metrics.h>

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { BUCKETS_MAX = 14 };
enum kind { COUNTER, GAUGE, HISTOGRAM };

static const char *const KINDS[] = { "counter", "gauge", "histogram" };

/* Upper bounds, zero-terminated. */
static const double SECONDS[BUCKETS_MAX] = { .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5 };
static const double ITEMS[BUCKETS_MAX] = { 1, 2, 4, 8, 16, 32, 64, 128, 256 };

/* clang-format off */
/* Rows of one name stand together: HELP and TYPE are written once for them. */
static const struct {
    const char *name, *label;
    enum kind kind;
    const double *bounds;
    const char *help;
} METRICS[METRIC_COUNT] = {
    [METRIC_REQUESTS_2XX]       = { "gongji_requests_total",           "class=\"2xx\"", COUNTER,   NULL,    "Requests answered, by class of HTTP status." },
    [METRIC_REQUESTS_4XX]       = { "gongji_requests_total",           "class=\"4xx\"", COUNTER,   NULL,    "" },
    [METRIC_REQUESTS_5XX]       = { "gongji_requests_total",           "class=\"5xx\"", COUNTER,   NULL,    "" },
    [METRIC_REQUEST_SECONDS]    = { "gongji_request_seconds",          "",              HISTOGRAM, SECONDS, "Time from a request's headers to its answer." },
    [METRIC_REQUESTS_IN_FLIGHT] = { "gongji_requests_in_flight",       "",              GAUGE,     NULL,    "Requests being worked on." },
    [METRIC_REFUSED_OVERLOAD]   = { "gongji_refused_overload_total",   "",              COUNTER,   NULL,    "Requests refused because a queue was full." },
    [METRIC_REFUSED_RATE]       = { "gongji_refused_rate_total",       "",              COUNTER,   NULL,    "Requests refused by the rate limit." },
    [METRIC_TOKENS_REFUSED]     = { "gongji_tokens_refused_total",     "",              COUNTER,   NULL,    "Access tokens refused." },
    [METRIC_BATCH_SIZE]         = { "gongji_batch_items",              "",              HISTOGRAM, ITEMS,   "Calls combined into one transaction." },
    [METRIC_BATCHES]            = { "gongji_batches_total",            "",              COUNTER,   NULL,    "Transactions of the combining queue." },
    [METRIC_BATCH_BUSY]         = { "gongji_batch_busy_total",         "",              COUNTER,   NULL,    "Calls sent to the waiting lane because an account was locked." },
    [METRIC_BATCH_AGAIN]        = { "gongji_batch_again_total",        "",              COUNTER,   NULL,    "Calls queued again because they needed another account." },
    [METRIC_BATCH_HALVED]       = { "gongji_batch_halved_total",       "",              COUNTER,   NULL,    "Batches split after an unexpected error." },
    [METRIC_BATCH_UNKNOWN]      = { "gongji_batch_unknown_total",      "",              COUNTER,   NULL,    "Batches whose commit could not be confirmed." },
    [METRIC_DB_RETRIES]         = { "gongji_database_retries_total",   "",              COUNTER,   NULL,    "Transactions repeated after a conflict." },
    [METRIC_DB_RECONNECTS]      = { "gongji_database_reconnects_total", "",             COUNTER,   NULL,    "Database connections opened anew." },
    [METRIC_CASH_CAPTURED]      = { "gongji_cash_reports_total", "outcome=\"captured\"",           COUNTER, NULL, "Reports of cash taken in, by what the cash came to." },
    [METRIC_CASH_IN_REVIEW]     = { "gongji_cash_reports_total", "outcome=\"manual_review\"",      COUNTER, NULL, "" },
    [METRIC_CASH_TO_REFUND]     = { "gongji_cash_reports_total", "outcome=\"to_refund\"",          COUNTER, NULL, "" },
    [METRIC_OPEN_AWAITING_CASH] = { "gongji_open_items", "kind=\"payments_awaiting_cash\"",        GAUGE, NULL, "Payments, refunds and cash not done, as last swept; 1000 is that many or more." },
    [METRIC_OPEN_IN_REVIEW]     = { "gongji_open_items", "kind=\"payments_in_review\"",            GAUGE, NULL, "" },
    [METRIC_OPEN_REFUNDS_PROCESSING] = { "gongji_open_items", "kind=\"refunds_processing\"",       GAUGE, NULL, "" },
    [METRIC_OPEN_REFUNDS_FAILED] = { "gongji_open_items", "kind=\"refunds_failed\"",               GAUGE, NULL, "" },
    [METRIC_OPEN_CASH_UNKNOWN]  = { "gongji_open_items", "kind=\"cash_unknown\"",                  GAUGE, NULL, "" },
};
/* clang-format on */

static struct {
    atomic_int_fast64_t value;          /* counter, gauge; histogram: how many */
    atomic_int_fast64_t sum_millionths; /* integers add atomically; doubles would not */
    atomic_int_fast64_t buckets[BUCKETS_MAX];
} totals[METRIC_COUNT];

void metric_add(enum metric metric, int64_t amount)
{
    assert(metric < METRIC_COUNT && METRICS[metric].kind != HISTOGRAM);
    atomic_fetch_add_explicit(&totals[metric].value, amount, memory_order_relaxed);
}

void metric_set(enum metric metric, int64_t value)
{
    assert(metric < METRIC_COUNT && METRICS[metric].kind == GAUGE);
    atomic_store_explicit(&totals[metric].value, value, memory_order_relaxed);
}

void metric_observe(enum metric metric, double value)
{
    assert(metric < METRIC_COUNT && METRICS[metric].kind == HISTOGRAM);
    const double *bounds = METRICS[metric].bounds;
    int bucket = 0;
    while (bounds[bucket] > 0 && value > bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&totals[metric].buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&totals[metric].sum_millionths, llround(value * 1e6), memory_order_relaxed);
    atomic_fetch_add_explicit(&totals[metric].value, 1, memory_order_relaxed);
}

static void render_histogram(struct buf *buf, enum metric metric)
{
    const char *name = METRICS[metric].name;
    const double *bounds = METRICS[metric].bounds;
    long long count = 0;
    for (int i = 0;;
         i++) { /* the last bucket, past every bound, is +Inf; the count is its sum, so that they always agree */
        count += totals[metric].buckets[i];
        if (bounds[i] <= 0)
            break;
        buf_printf(buf, "%s_bucket{le=\"%g\"} %lld\n", name, bounds[i], count);
    }
    buf_printf(buf, "%s_bucket{le=\"+Inf\"} %lld\n", name, count);
    buf_printf(buf, "%s_sum %.6f\n%s_count %lld\n", name, (double)totals[metric].sum_millionths / 1e6, name, count);
}

void metrics_render(struct buf *buf)
{
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        const char *name = METRICS[metric].name, *label = METRICS[metric].label;
        if (metric == 0 || strcmp(name, METRICS[metric - 1].name) != 0)
            buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n", name, METRICS[metric].help, name,
                       KINDS[METRICS[metric].kind]);
        if (METRICS[metric].kind == HISTOGRAM)
            render_histogram(buf, metric);
        else
            buf_printf(buf, "%s%s%s%s %lld\n", name, *label ? "{" : "", label, *label ? "}" : "",
                       (long long)totals[metric].value);
    }
}
