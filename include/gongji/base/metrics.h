#pragma once
/* Counters, gauges and histograms in the Prometheus text format; all names in one table (metrics.c), all updates atomic. */
#include <stdint.h>

#include <gongji/base/str.h>

enum metric {
    METRIC_REQUESTS_2XX,
    METRIC_REQUESTS_4XX,
    METRIC_REQUESTS_5XX,
    METRIC_REQUEST_SECONDS, /* histogram */
    METRIC_REQUESTS_IN_FLIGHT,
    METRIC_REFUSED_OVERLOAD,
    METRIC_REFUSED_RATE,
    METRIC_TOKENS_REFUSED,
    METRIC_BATCH_SIZE, /* histogram */
    METRIC_BATCHES,
    METRIC_BATCH_BUSY,
    METRIC_BATCH_AGAIN,
    METRIC_BATCH_HALVED,
    METRIC_BATCH_UNKNOWN,
    METRIC_DB_RETRIES,
    METRIC_DB_RECONNECTS,
    METRIC_CASH_CAPTURED,
    METRIC_CASH_IN_REVIEW,
    METRIC_CASH_TO_REFUND,
    METRIC_OPEN_AWAITING_CASH,
    METRIC_OPEN_IN_REVIEW,
    METRIC_OPEN_REFUNDS_PROCESSING,
    METRIC_OPEN_REFUNDS_FAILED,
    METRIC_OPEN_CASH_UNKNOWN,
    METRIC_COUNT
};

void metric_add(enum metric metric, int64_t amount);   /* counters and gauges */
void metric_set(enum metric metric, int64_t value);    /* gauges that somebody else counts */
void metric_observe(enum metric metric, double value); /* histograms */
void metrics_render(struct buf *buf);                  /* the whole exposition, HELP and TYPE lines included */
