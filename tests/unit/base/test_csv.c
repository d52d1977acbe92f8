/* CSV, as a stream. */
#include <gongji/base/csv.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gongji/base/str.h>

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static FILE *file_of(struct str text)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(text.bytes, 1, text.length, file), text.length);
    rewind(file);
    return file;
}

/* "2[a|b]" a row, "3!" a bad one. */
static const char *told(struct str text)
{
    FILE *file = file_of(text);
    CLEANUP(csv_freep) struct csv *csv = csv_new(file);
    struct buf out = buf_new(arena);
    struct csv_row row;
    for (enum csv_what what; (what = csv_next(csv, arena, &row)) != CSV_END;) {
        buf_printf(&out, what == CSV_BAD ? "%d!" : "%d[", (int)row.line);
        for (size_t i = 0; what == CSV_ROW && i < row.count; i++)
            buf_printf(&out, i ? "|%s" : "%s", row.cells[i]);
        buf_append(&out, what == CSV_BAD ? "" : "]");
    }
    fclose(file);
    return buf_text(&out);
}

static void rows_are_read_as_RFC_4180_says(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { struct str text; const char *told; } CASES[] = {
        { STR(""), "" },
        { STR("\xEF\xBB\xBF"), "" },
        { STR("a,b\r\nc,d\r\n"), "1[a|b]2[c|d]" },
        { STR("a,b\nc,d"), "1[a|b]2[c|d]" },
        { STR("\xEF\xBB\xBF姓名,b\n"), "1[姓名|b]" },
        { STR("\xEF\xBB\xBF\"a\",b\n"), "1[a|b]" },
        { STR("a,,\n,b,"), "1[a||]2[|b|]" },
        { STR("\"a,b\",\"c\"\"d\",\"\"\n"), "1[a,b|c\"d|]" },
        { STR("\"a\r\nb\",c\nd,e\n"), "1[a\r\nb|c]3[d|e]" },
        { STR("\n\r\na\n\n\nb\n\n"), "3[a]6[b]" },
        { STR(" a , b\n"), "1[ a | b]" },
        { STR("a\rb\n"), "1[a\rb]" },
        { STR("\"\""), "1[]" },
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++)
        assert_string_equal(told(CASES[i].text), CASES[i].told);
}

static void a_bad_row_costs_its_first_line_only(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { struct str text; const char *told; } CASES[] = {
        { STR("a\"b,c\nd,e\n"), "1!2[d|e]" },
        { STR("\"a\"b,c\nd,e\n"), "1!2[d|e]" },
        { STR("a,\"b\nd,e\n"), "1!2[d|e]" },
        { STR("a,\"b\nd,\"e\"\nf,g\n"), "1!2[d|e]3[f|g]" },
        { STR("a\n\"b"), "1[a]2!" },
        { STR("a\0b\nc\n"), "1!2[c]" },
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++)
        assert_string_equal(told(CASES[i].text), CASES[i].told);
}

static char *repeated(char c, size_t count)
{
    char *text = arena_alloc(arena, count + 1);
    memset(text, c, count);
    return text;
}

static void a_row_too_long_or_with_too_many_fields_is_bad(void **state)
{
    (void)state;
    static const size_t LENGTHS[] = { CSV_ROW_BYTES, 2 * CSV_ROW_BYTES, 7 * CSV_ROW_BYTES + 3 };
    for (size_t i = 0; i < sizeof(LENGTHS) / sizeof(*LENGTHS); i++) {
        const char *text = arena_printf(arena, "a\nb,%s\nc\n\"%s\nd\n", repeated('x', LENGTHS[i]),
                                        repeated('y', LENGTHS[i]));
        assert_string_equal(told(str_of(text)), "1[a]2!3[c]4!5[d]");
    }
    assert_string_equal(told(str_of(arena_printf(arena, "%s\na\n", repeated(',', CSV_CELLS)))), "1!2[a]");
}

static void rows_run_across_the_window_unharmed(void **state)
{
    (void)state;
    struct buf text = buf_new(arena);
    enum { ROWS = 40000 };
    for (int i = 1; i <= ROWS; i++)
        buf_printf(&text, "%d,\"a,%d\"\"\r\n\",%.*s\r\n", i, i, i % 60,
                   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    FILE *file = file_of((struct str){ text.text, text.length });
    CLEANUP(csv_freep) struct csv *csv = csv_new(file);
    struct csv_row row;
    for (int i = 1; i <= ROWS; i++) {
        assert_int_equal(csv_next(csv, arena, &row), CSV_ROW);
        assert_int_equal(row.line, 2 * i - 1);
        assert_int_equal(row.count, 3);
        assert_string_equal(row.cells[0], arena_printf(arena, "%d", i));
        assert_string_equal(row.cells[1], arena_printf(arena, "a,%d\"\r\n", i));
        assert_int_equal(strlen(row.cells[2]), i % 60);
    }
    assert_int_equal(csv_next(csv, arena, &row), CSV_END);
    assert_int_equal(csv_next(csv, arena, &row), CSV_END);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_are_read_as_RFC_4180_says, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bad_row_costs_its_first_line_only, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_too_long_or_with_too_many_fields_is_bad, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_run_across_the_window_unharmed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
