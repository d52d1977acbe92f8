/* Byte strings, UTF-8, integers in text, growing text. */
#include <gongji/base/str.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void strings_are_compared_by_length_and_bytes(void **state)
{
    (void)state;
    assert_true(str_equal(STR("a\0b"), (struct str){ "a\0b", 3 }));
    assert_false(str_equal(STR("a\0b"), STR("a\0c")));
    assert_false(str_equal(STR("a"), STR("ab")));
    assert_true(str_equal(STR(""), (struct str){ NULL, 0 }));
    assert_int_equal(str_of(NULL).length, 0);
    assert_true(text_equal(NULL, NULL));
    assert_false(text_equal(NULL, ""));
    assert_true(text_equal("a", "a"));
    assert_true(str_starts(STR("Bearer x"), STR("Bearer ")));
    assert_false(str_starts(STR("Bear"), STR("Bearer ")));
}

static void a_text_is_found_in_a_list(void **state)
{
    (void)state;
    static const char *const LIST[] = { "one", "two", NULL };
    assert_true(text_in("two", LIST));
    assert_false(text_in("three", LIST));
    assert_false(text_in("", LIST));
    assert_false(text_in(NULL, LIST));
}

static void utf8_is_as_rfc_3629_says(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        bool valid;
    } CASES[] = {
        { STR(""), true },
        { STR("plain"), true },
        { STR("阿依古丽·买买提"), true },
        { STR("𠮷"), true },
        { STR("\xF4\x8F\xBF\xBF"), true },  /* U+10FFFF, the last */
        { STR("\xF4\x90\x80\x80"), false }, /* behind it */
        { STR("\xC0\xAF"), false },         /* overlong '/' */
        { STR("\xC1\xBF"), false },
        { STR("\xE0\x80\xAF"), false },
        { STR("\xE0\xA0\x80"), true }, /* U+0800 */
        { STR("\xF0\x80\x80\xAF"), false },
        { STR("\xED\xA0\x80"), false }, /* surrogates */
        { STR("\xED\xBF\xBF"), false },
        { STR("\xED\x9F\xBF"), true },
        { STR("\xEE\x80\x80"), true },
        { STR("\x80"), false },     /* a continuation alone */
        { STR("\xE5\xAE"), false }, /* cut */
        { STR("\xE5\x41\x42"), false },
        { STR("\xFF"), false },
        { STR("\xF8\x88\x80\x80\x80"), false }, /* five bytes */
        { STR("a\0b"), false },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        if (utf8_valid(CASES[i].text) != CASES[i].valid)
            fail_msg("case %zu", i);
}

static void code_points_are_read_one_by_one(void **state)
{
    (void)state;
    uint32_t c;
    struct str text = STR("a·王𠮷");
    assert_int_equal(utf8_next(text, 0, &c), 1);
    assert_int_equal(utf8_next(text, 1, &c), 2);
    assert_int_equal(c, 0xB7);
    assert_int_equal(utf8_next(text, 3, &c), 3);
    assert_int_equal(c, 0x738B);
    assert_int_equal(utf8_next(text, 6, &c), 4);
    assert_int_equal(c, 0x20BB7);
    assert_int_equal(utf8_next(text, 10, &c), 0);
}

static void integers_are_whole_and_do_not_overflow(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } GOOD[] = {
        { "0", 0 },
        { "-1", -1 },
        { "9007199254740991", 9007199254740991 },
        { "9223372036854775807", INT64_MAX },
        { "-9223372036854775808", INT64_MIN },
    };
    static const char *const BAD[] = {
        "", "-", "+1", " 1", "1 ", "1a", "1.0", "0x10", "1e3", "9223372036854775808", "-9223372036854775809"
    };
    int64_t value;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        assert_true(parse_int64(GOOD[i].text, &value));
        assert_true(value == GOOD[i].value);
    }
    value = 7;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (parse_int64(BAD[i], &value))
            fail_msg("took '%s'", BAD[i]);
    assert_false(parse_int64(NULL, &value));
    assert_int_equal(value, 7);
}

static void text_grows_and_stays_terminated(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    struct buf buf = buf_new(arena);
    assert_string_equal(buf_text(&buf), "");
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i % 10);
    assert_int_equal(buf.length, 2000);
    assert_int_equal(strlen(buf_text(&buf)), 2000);
    buf_append(&buf, "end");
    buf_append_char(&buf, '.');
    buf_append_n(&buf, NULL, 0);
    assert_string_equal(buf_text(&buf) + 1994, "7,8,9,end.");
}

static void text_of_any_length_fits_exactly(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    for (size_t length = 0; length < 300; length++) {
        struct buf buf = buf_new(arena);
        buf_printf(&buf, "%*s", (int)length, "");
        assert_int_equal(strlen(buf_text(&buf)), length);
        buf_append_char(&buf, 'x');
        assert_int_equal(strlen(buf_text(&buf)), length + 1);
    }
}

static void what_looks_like_an_id_number_is_found(void **state)
{
    (void)state;
    static const char *const SHAPED[] = { "340503195001010065", "x34050319500101006Xy", "1340503195001010065",
                                          "34050319500101006x" };
    static const char *const OTHER[] = { "",
                                         "34050319500101006",
                                         "34050319500101006Y",
                                         "340503195013010065",
                                         "340503195001320065",
                                         "340503175001010065",
                                         "01932b2e-7a3c-7c1d-9f00-0123456789ab",
                                         "3405031950-01010065" };
    for (size_t i = 0; i < sizeof(SHAPED) / sizeof(*SHAPED); i++)
        assert_non_null(id_shape_in(SHAPED[i]));
    for (size_t i = 0; i < sizeof(OTHER) / sizeof(*OTHER); i++)
        assert_null(id_shape_in(OTHER[i]));
    assert_string_equal(id_shape_in("a=340503195001010065&"), "340503195001010065&");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_compared_by_length_and_bytes),
        cmocka_unit_test(a_text_is_found_in_a_list),
        cmocka_unit_test(utf8_is_as_rfc_3629_says),
        cmocka_unit_test(code_points_are_read_one_by_one),
        cmocka_unit_test(integers_are_whole_and_do_not_overflow),
        cmocka_unit_test(text_grows_and_stays_terminated),
        cmocka_unit_test(text_of_any_length_fits_exactly),
        cmocka_unit_test(what_looks_like_an_id_number_is_found),
    };
    return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}
