/* Masks shown to callers. */
#include <gongji/domain/mask.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void names_show_first_and_last_character_only(void **state)
{
    (void)state;
    static const struct {
        const char *name, *masked;
    } CASES[] = {
        { "王", "*" },
        { "王明", "王*" },
        { "王小明", "王*明" },
        { "欧阳小明", "欧**明" },
        { "阿依古丽·买买提", "阿******提" },
        { "𠮷田𠮷", "𠮷*𠮷" },
        { "LI", "L*" },
        { "JOHN SMITH", "J********H" },
    };
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_string_equal(mask_name(arena, CASES[i].name), CASES[i].masked);
}

static void id_numbers_show_three_and_two_characters(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    assert_string_equal(mask_id_number(arena, "34050319850612001X"), "340*************1X");
    assert_int_equal(strlen(mask_id_number(arena, "34050319850612001X")), 18);
}

static void what_is_no_id_number_shows_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    assert_string_equal(mask_id_number(arena, "E12345678"), "******************");
    assert_string_equal(mask_id_number(arena, ""), "******************");
    assert_string_equal(mask_name(arena, ""), "*");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_show_first_and_last_character_only),
        cmocka_unit_test(id_numbers_show_three_and_two_characters),
        cmocka_unit_test(what_is_no_id_number_shows_nothing),
    };
    return cmocka_run_group_tests_name("domain/mask", tests, NULL, NULL);
}
