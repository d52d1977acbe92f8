/* The clock and its calendar. */
#include <gongji/base/clock.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void instants_are_written_in_china_standard_time(void **state)
{
    (void)state;
    static const struct {
        int64_t at_us;
        const char *text;
    } CASES[] = {
        { 0, "1970-01-01T08:00:00.000000+08:00" },
        { -1, "1970-01-01T07:59:59.999999+08:00" },
        { INT64_C(1767225600000000), "2026-01-01T08:00:00.000000+08:00" },
        { INT64_C(1767196799999999), "2025-12-31T23:59:59.999999+08:00" }, /* the last microsecond before 16:00Z */
        { INT64_C(1767196800000000), "2026-01-01T00:00:00.000000+08:00" },
        { INT64_C(1709136000123456), "2024-02-29T00:00:00.123456+08:00" },
        { INT64_C(951753600000000), "2000-02-29T00:00:00.000000+08:00" },
        { INT64_C(-2208988800000000), "1900-01-01T08:00:00.000000+08:00" },
        { INT64_MAX, "9999-12-31T23:59:59.999999+08:00" },
        { INT64_MIN, "0000-01-01T08:00:00.000000+08:00" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char text[33];
        clock_rfc3339(CASES[i].at_us, text);
        assert_string_equal(text, CASES[i].text);
    }
}

static void every_day_from_1900_to_2999_is_read_as_it_is_written(void **state)
{
    (void)state;
    char text[33];
    int64_t first, days;
    assert_true(clock_day_number("1900-01-01", &first));
    for (int64_t day = first; day < first + 401767; day++) {
        clock_rfc3339(day * INT64_C(86400000000), text);
        assert_true(clock_day_number(text, &days));
        assert_true(days == day);
    }
    assert_memory_equal(text, "2999-12-31", 10);
}

static void a_moved_clock_keeps_running(void **state)
{
    (void)state;
    int64_t real = clock_now_us();
    clock_set_offset_us(INT64_C(-86400000000));
    int64_t moved = clock_now_us();
    assert_true(clock_offset_us() == INT64_C(-86400000000));
    assert_in_range(moved - (real - INT64_C(86400000000)), 0, 5000000);
    clock_set_offset_us(0);
    int64_t before = clock_mono_us();
    assert_true(clock_mono_us() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_written_in_china_standard_time),
        cmocka_unit_test(every_day_from_1900_to_2999_is_read_as_it_is_written),
        cmocka_unit_test(a_moved_clock_keeps_running),
    };
    return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
