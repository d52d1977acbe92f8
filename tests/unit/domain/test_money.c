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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fen_are_shown_as_yuan) };
    return cmocka_run_group_tests_name("domain/money", tests, NULL, NULL);
}
