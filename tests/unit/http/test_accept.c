/* Which media type a caller's Accept header takes (RFC 9110 §12.5.1). */
#include "../../../src/http/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_closest_and_heaviest_wish_decides(void **state)
{
    static const char *const OFFERS[] = { "application/json", "text/csv", NULL };
    static const struct {
        const char *accept, *picked;
    } CASES[] = {
        { NULL, "application/json" },
        { "", "application/json" },
        { "*/*", "application/json" },
        { "application/xml, */*;q=0.8", "application/json" },
        { "text/csv", "text/csv" },
        { "TEXT/CSV;charset=utf-8", "text/csv" },
        { "text/*", "text/csv" },
        { "application/json;q=0.5, text/csv", "text/csv" },
        { "text/csv;charset=utf-8;q=0.3, application/json;q=.2", "text/csv" },
        { "text/csv;q=0, */*", "application/json" },
        { "*/*;q=0", NULL },
        { "text/html", NULL },
        { "image/png, text/html;q=0.9", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *picked = accept_pick(CASES[i].accept, OFFERS);
        if (CASES[i].picked == NULL)
            assert_null(picked);
        else
            assert_string_equal(picked, CASES[i].picked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_closest_and_heaviest_wish_decides) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
