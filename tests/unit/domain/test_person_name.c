/* Names made comparable. */
#include <gongji/domain/person_name.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gongji/base/str.h>

/* S0-41 */
static void the_same_name_is_the_same_however_typed(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *canonical;
    } CASES[] = {
        { "王小明", "王小明" },
        { " 王小明\u3000", "王小明" },
        { "王 小\u00A0\u3000明", "王 小 明" },
        { "阿依古丽·买买提", "阿依古丽·买买提" },
        { "阿依古丽•买买提", "阿依古丽·买买提" },
        { "阿依古丽・买买提", "阿依古丽·买买提" },
        { "阿依古丽\u2027买买提", "阿依古丽·买买提" },
        { "Ｊｏｈｎ　Ｓｍｉｔｈ", "JOHN SMITH" },
        { "john   smith", "JOHN SMITH" },
        { "O'Neil－Li", "O'NEIL-LI" },
        { "𠮷田", "𠮷田" },
        { "王", "王" },
    };
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        char *canonical = person_name_canonical(arena, CASES[i].typed);
        assert_non_null(canonical);
        assert_string_equal(canonical, CASES[i].canonical);
        assert_string_equal(person_name_canonical(arena, canonical), canonical); /* and stays so */
    }
}

static void what_is_no_name_is_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = { "",         " ",      "\u3000",     "王\n明",      "王\t明",
                                       "\x01",     "王\x7F", "王\xC2\x85", "王\u200B明",  "\u202E明",
                                       "\uFEFF王", "\xFF",   "王\xE5",     "\xED\xA0\x80" };
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (person_name_canonical(arena, BAD[i]))
            fail_msg("took case %zu", i);
    assert_null(person_name_canonical(arena, NULL));
}

static void a_name_has_at_most_fifty_characters(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    struct buf name = buf_new(arena);
    for (int i = 0; i < 25; i++)
        buf_append(&name, "王·");
    assert_non_null(person_name_canonical(arena, buf_text(&name)));
    assert_non_null(person_name_canonical(arena, arena_printf(arena, "   %s   ", buf_text(&name))));
    buf_append(&name, "王");
    assert_null(person_name_canonical(arena, buf_text(&name)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_name_is_the_same_however_typed),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(a_name_has_at_most_fifty_characters),
    };
    return cmocka_run_group_tests_name("domain/person_name", tests, NULL, NULL);
}
