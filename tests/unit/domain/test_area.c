/* Administrative division codes. */
#include <gongji/domain/area.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void codes_have_six_digits(void **state)
{
    (void)state;
    static const char *const GOOD[] = { "340500", "110000", "429004", "000000" };
    static const char *const BAD[] = {
        "", "34050", "3405000", "034050", "000001", "34050X", "*", " 340500", "340500 "
    };
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
        assert_true(area_code_valid(GOOD[i]));
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (area_code_valid(BAD[i]))
            fail_msg("took '%s'", BAD[i]);
    assert_false(area_code_valid(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(codes_have_six_digits) };
    return cmocka_run_group_tests_name("domain/area", tests, NULL, NULL);
}
