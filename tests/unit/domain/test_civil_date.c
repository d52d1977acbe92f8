/* Civil dates and instants. */
#include <gongji/domain/civil_date.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void only_real_days_are_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
    } CASES[] = {
        { "2024-02-29", true },   { "2023-02-29", false }, { "2000-02-29", true },
        { "1900-02-29", false },  { "2100-02-29", false }, { "2400-02-29", true },
        { "1900-01-01", true },   { "1899-12-31", false }, { "2999-12-31", true },
        { "3000-01-01", false },  { "2026-04-30", true },  { "2026-04-31", false },
        { "2026-06-31", false },  { "2026-09-31", false }, { "2026-11-31", false },
        { "2026-12-31", true },   { "2026-13-01", false }, { "2026-00-10", false },
        { "2026-01-00", false },  { "2026-01-32", false }, { "2026-1-01", false },
        { "20260101", false },    { "2026/01/01", false }, { "2026-01-01 ", false },
        { " 2026-01-01", false }, { "2026-01-0", false },  { "2026-01-0x", false },
        { "-026-01-01", false },  { "", false },           { "2026-01-01T", false },
        { "２026-01-01", false },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        if (civil_date_valid(CASES[i].text) != CASES[i].valid)
            fail_msg("%s", CASES[i].text);
    assert_false(civil_date_valid(NULL));
}

static void instants_are_read_with_any_offset(void **state)
{
    (void)state;
    const int64_t second = 1000000, day = 86400 * second;
    const int64_t midnight = INT64_C(1767196800) * second; /* 2026-01-01T00:00:00+08:00 */
    const struct {
        const char *text;
        int64_t at_us;
    } CASES[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01T08:00:00+08:00", 0 },
        { "2026-01-01T00:00:00+08:00", midnight },
        { "2025-12-31T16:00:00Z", midnight },
        { "2025-12-31T15:59:59.999999Z", midnight - 1 },
        { "2025-12-31t16:00:00z", midnight },
        { "2025-12-31T16:00:00+00:00", midnight },
        { "2025-12-31T16:00:00-00:00", midnight },
        { "2025-12-31T11:00:00-05:00", midnight },
        { "2025-12-31T21:45:00+05:45", midnight },
        { "2026-01-01T15:59:00+23:59", midnight },
        { "2025-12-30T16:01:00-23:59", midnight },
        { "2026-01-01T00:00:00 08:00", midnight }, /* a '+' decoded to a blank */
        { "2026-01-01", midnight },
        { "2026-01-02", midnight + day },
        { "2024-02-29", INT64_C(1709136000) * second },
        { "2026-01-01T00:00:00.5+08:00", midnight + 500000 },
        { "2026-01-01T00:00:00.000001+08:00", midnight + 1 },
        { "2026-01-01T00:00:00.000001999+08:00", midnight + 1 },
        { "1900-01-01", INT64_C(-2209017600) * second },
        { "2999-12-31T23:59:59.999999Z", INT64_C(32503680000) * second - 1 },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int64_t at_us = -1;
        if (!civil_instant(CASES[i].text, &at_us) || at_us != CASES[i].at_us)
            fail_msg("%s gave %lld", CASES[i].text, (long long)at_us);
    }
}

static void other_texts_are_no_instants(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "",
        "2026",
        "2026-01-01T",
        "2026-01-01T00:00",
        "2026-01-01T00:00:00", /* no offset: whose midnight? */
        "2026-01-01 00:00:00+08:00",
        "2026-01-01T00:00+08:00",
        "2026-01-01T24:00:00Z",
        "2026-01-01T23:60:00Z",
        "2026-01-01T23:59:60Z",
        "2026-01-01T0:00:00Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01T00:00:00,5Z",
        "2026-01-01T00:00:00+8:00",
        "2026-01-01T00:00:00+0800",
        "2026-01-01T00:00:00+08",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+08:60",
        "2026-01-01T00:00:00+08:00 ",
        "2026-01-01T00:00:00Zz",
        "2026-01-01T00:00:00  08:00",
        "2023-02-29T00:00:00Z",
        "2026-01-01Z",
        "2026-01-01+08:00",
        "2026-01-01T00:00:0",
        "2026-01-01T00:0",
    };
    int64_t at_us = 7;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (civil_instant(BAD[i], &at_us))
            fail_msg("took '%s'", BAD[i]);
    assert_false(civil_instant(NULL, &at_us));
    assert_int_equal(at_us, 7);
}

static void the_day_changes_at_sixteen_hours_utc(void **state)
{
    (void)state;
    static const struct {
        const char *instant, *date;
    } CASES[] = {
        { "2025-12-31T15:59:59.999999Z", "2025-12-31" }, { "2025-12-31T16:00:00Z", "2026-01-01" },
        { "2026-01-01T15:59:59.999999Z", "2026-01-01" }, { "2024-02-28T16:00:00Z", "2024-02-29" },
        { "2024-02-29T16:00:00Z", "2024-03-01" },        { "1969-12-31T16:00:00Z", "1970-01-01" },
        { "1969-12-31T15:59:59Z", "1969-12-31" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int64_t at_us;
        char date[11];
        assert_true(civil_instant(CASES[i].instant, &at_us));
        civil_date_of(at_us, date);
        assert_string_equal(date, CASES[i].date);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_real_days_are_dates),
        cmocka_unit_test(instants_are_read_with_any_offset),
        cmocka_unit_test(other_texts_are_no_instants),
        cmocka_unit_test(the_day_changes_at_sixteen_hours_utc),
    };
    return cmocka_run_group_tests_name("domain/civil_date", tests, NULL, NULL);
}
