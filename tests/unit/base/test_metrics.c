/* The Prometheus exposition. */
#include <gongji/base/metrics.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *render(struct arena *arena)
{
    struct buf buf = buf_new(arena);
    metrics_render(&buf);
    return buf_text(&buf);
}

static void counters_and_gauges_are_shown(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    metric_add(METRIC_REQUESTS_4XX, 2);
    metric_add(METRIC_REQUESTS_4XX, 1);
    metric_add(METRIC_REQUESTS_IN_FLIGHT, 5);
    metric_add(METRIC_REQUESTS_IN_FLIGHT, -4);
    metric_set(METRIC_OPEN_REFUNDS_FAILED, 9);
    metric_set(METRIC_OPEN_REFUNDS_FAILED, 7);
    const char *text = render(arena);
    assert_non_null(strstr(text, "\ngongji_requests_total{class=\"4xx\"} 3\n"));
    assert_non_null(strstr(text, "\ngongji_requests_total{class=\"5xx\"} 0\n"));
    assert_non_null(strstr(text, "\n# TYPE gongji_requests_in_flight gauge\ngongji_requests_in_flight 1\n"));
    assert_non_null(strstr(text, "\ngongji_open_items{kind=\"refunds_failed\"} 7\n"));
}

static void a_histogram_is_cumulative_and_ends_in_inf(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    metric_observe(METRIC_BATCH_SIZE, 1);
    metric_observe(METRIC_BATCH_SIZE, 2);
    metric_observe(METRIC_BATCH_SIZE, 60);
    metric_observe(METRIC_BATCH_SIZE, 1000);
    const char *text = render(arena);
    assert_non_null(strstr(text, "# TYPE gongji_batch_items histogram\n"));
    assert_non_null(strstr(text, "gongji_batch_items_bucket{le=\"1\"} 1\n"));
    assert_non_null(strstr(text, "gongji_batch_items_bucket{le=\"32\"} 2\n"));
    assert_non_null(strstr(text, "gongji_batch_items_bucket{le=\"64\"} 3\n"));
    assert_non_null(strstr(text, "gongji_batch_items_bucket{le=\"+Inf\"} 4\n"));
    assert_non_null(strstr(text, "gongji_batch_items_sum 1063.000000\ngongji_batch_items_count 4\n"));
}

static void each_name_is_described_once(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    const char *first = strstr(render(arena), "# HELP gongji_requests_total ");
    assert_non_null(first);
    assert_null(strstr(first + 1, "# HELP gongji_requests_total "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_and_gauges_are_shown),
        cmocka_unit_test(a_histogram_is_cumulative_and_ends_in_inf),
        cmocka_unit_test(each_name_is_described_once),
    };
    return cmocka_run_group_tests_name("base/metrics", tests, NULL, NULL);
}
