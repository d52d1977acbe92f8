/* The closed sets of a person record. */
#include <gongji/domain/person.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gongji/base/str.h>

static void person_numbers_are_short_plain_words(void **state)
{
    (void)state;
    static const char *const GOOD[] = { "P1", "a", "_-", "01234567890123456789012345678901" };
    static const char *const BAD[] = {
        "", "012345678901234567890123456789012", "a b", "a/b", "a%2F", "王", "a.b", "a\n"
    };
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
        assert_true(person_no_valid(GOOD[i]));
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (person_no_valid(BAD[i]))
            fail_msg("took '%s'", BAD[i]);
    assert_false(person_no_valid(NULL));
}

static void the_closed_sets_are_complete(void **state)
{
    (void)state;
    assert_true(text_in("employee", SCHEMES) && text_in("resident", SCHEMES) && !text_in("rural", SCHEMES));
    static const char *const STATUSES[] = { "normal", "paused", "terminated", "not_insured", "deceased" };
    static const char *const CLASSES[] = { "general",           "student",          "newborn",
                                           "migrant_worker",    "extreme_hardship", "subsistence_allowance",
                                           "relapse_monitored", "severe_disability" };
    for (size_t i = 0; i < sizeof(STATUSES) / sizeof(STATUSES[0]); i++)
        assert_true(text_in(STATUSES[i], INSURED_STATUSES));
    for (size_t i = 0; i < sizeof(CLASSES) / sizeof(CLASSES[0]); i++)
        assert_true(text_in(CLASSES[i], PERSON_CLASSES));
    assert_null(INSURED_STATUSES[5]);
    assert_null(PERSON_CLASSES[8]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(person_numbers_are_short_plain_words),
        cmocka_unit_test(the_closed_sets_are_complete),
    };
    return cmocka_run_group_tests_name("domain/person", tests, NULL, NULL);
}
