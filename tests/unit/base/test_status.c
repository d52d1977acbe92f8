/* The table of outcomes. */
#include <gongji/base/status.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool has_non_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return true;
    return false;
}

static void every_outcome_has_both_texts(void **state)
{
    (void)state;
    for (enum status status = 0; status < ST_COUNT; status++) {
        assert_true(strlen(status_title(status, LANG_EN)) > 0 && strlen(status_help(status, LANG_EN)) > 0);
        assert_false(has_non_ascii(status_title(status, LANG_EN)) || has_non_ascii(status_help(status, LANG_EN)));
        assert_true(has_non_ascii(status_title(status, LANG_ZH)) && has_non_ascii(status_help(status, LANG_ZH)));
        size_t length = strlen(status_help(status, LANG_EN));
        assert_int_equal(status_help(status, LANG_EN)[length - 1], '.');
    }
}

static void every_code_is_found_by_its_name(void **state)
{
    (void)state;
    for (enum status status = 0; status < ST_COUNT; status++) {
        enum status found = ST_COUNT;
        assert_true(status_from_code(status_code(status), &found));
        assert_int_equal(found, status);
    }
    enum status untouched = ST_INTERNAL_ERROR;
    assert_false(status_from_code("NO_SUCH_CODE", &untouched));
    assert_false(status_from_code("", &untouched));
    assert_false(status_from_code(NULL, &untouched));
    assert_int_equal(untouched, ST_INTERNAL_ERROR);
}

static void success_is_zero_and_2xx(void **state)
{
    (void)state;
    assert_int_equal(ST_OK, 0);
    for (enum status status = 0; status < ST_COUNT; status++)
        assert_int_equal(status_succeeded(status), status <= ST_NO_CONTENT);
}

/* An unknown outcome may only be repeated under the same key, else one premium is paid twice. */
static void retry_classes_are_safe(void **state)
{
    (void)state;
    assert_string_equal(status_retry(ST_RESULT_UNKNOWN), "same_key");
    assert_string_equal(status_retry(ST_OVERLOADED), "later");
    assert_string_equal(status_retry(ST_RATE_LIMITED), "later");
    assert_string_equal(status_retry(ST_DATABASE_UNAVAILABLE), "later");
    assert_string_equal(status_retry(ST_SHORTFALL_CASH_REQUIRED), "new_key");
    assert_string_equal(status_retry(ST_PREMIUM_ALREADY_PAID), "never");
    for (enum status status = 0; status < ST_COUNT; status++)
        if (strcmp(status_retry(status), "later") == 0)
            assert_true(status_http(status) == 429 || status_http(status) == 503);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outcome_has_both_texts),
        cmocka_unit_test(every_code_is_found_by_its_name),
        cmocka_unit_test(success_is_zero_and_2xx),
        cmocka_unit_test(retry_classes_are_safe),
    };
    return cmocka_run_group_tests_name("base/status", tests, NULL, NULL);
}
