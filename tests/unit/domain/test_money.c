/* Money as people read it. */
#include <gongji/domain/money.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fen_are_shown_as_yuan(void **state)
{
    (void)state;
    static const struct {
        int64_t fen;
        const char *yuan;
    } CASES[] = {
        { 0, "0.00" },
        { 1, "0.01" },
        { 99, "0.99" },
        { 100, "1.00" },
        { 38000, "380.00" },
        { -1, "-0.01" },
        { -38050, "-380.50" },
        { FEN_MAX, "90071992547409.91" },
        { INT64_MIN, "-92233720368547758.08" },
    };
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_string_equal(money_yuan(arena, CASES[i].fen), CASES[i].yuan);
}

static void yuan_are_read_digit_by_digit(void **state)
{
    (void)state;
    static const struct {
        const char *yuan;
        int64_t fen; /* -1: refused */
    } CASES[] = {
        { "20.00", 2000 },
        { "20", 2000 },
        { "20.5", 2050 },
        { "0.01", 1 },
        { "0.29", 29 }, /* 28 through a double */
        { "1.10", 110 },
        { "0", 0 },
        { "007.10", 710 },
        { "90071992547409.91", FEN_MAX },
        { "90071992547409.92", -1 },
        { "900719925474099", -1 },
        { "9007199254740991", -1 },
        { "99999999999999999999999.00", -1 },
        { "", -1 },
        { ".", -1 },
        { ".5", -1 },
        { "5.", -1 },
        { "1.234", -1 },
        { "1..2", -1 },
        { "1.2.3", -1 },
        { "-1.00", -1 },
        { "+1.00", -1 },
        { " 1.00", -1 },
        { "1.00 ", -1 },
        { "1,000.00", -1 },
        { "1e3", -1 },
        { "0x10", -1 },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        int64_t fen = -1;
        bool read = money_parse_yuan(CASES[i].yuan, &fen);
        if (read != (CASES[i].fen >= 0) || fen != CASES[i].fen)
            fail_msg("\"%s\" gave %lld", CASES[i].yuan, (long long)fen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fen_are_shown_as_yuan),
                                        cmocka_unit_test(yuan_are_read_digit_by_digit) };
    return cmocka_run_group_tests_name("domain/money", tests, NULL, NULL);
}
