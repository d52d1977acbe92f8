/* Log lines: JSON whatever goes in, one write each. */
#include <gongji/base/log.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include <jansson.h>

static char captured[64 * 1024];

static int saved_stderr, pipe_ends[2];

static void capture_begin(void)
{
    assert_int_equal(pipe(pipe_ends), 0);
    fcntl(pipe_ends[1], F_SETPIPE_SZ, sizeof(captured));
    saved_stderr = dup(STDERR_FILENO);
    dup2(pipe_ends[1], STDERR_FILENO);
    close(pipe_ends[1]);
}

static const char *capture_end(void)
{
    dup2(saved_stderr, STDERR_FILENO); /* the last writer's end: the reader sees the end of file */
    close(saved_stderr);
    ssize_t length = read(pipe_ends[0], captured, sizeof(captured) - 1);
    captured[length > 0 ? length : 0] = '\0';
    close(pipe_ends[0]);
    return captured;
}

static json_t *one_line(const char *text)
{
    assert_non_null(strchr(text, '\n'));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    json_error_t error;
    json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!line)
        fail_msg("not JSON: %s in %s", error.text, text);
    return line;
}

static void a_line_is_one_json_object(void **state)
{
    (void)state;
    capture_begin();
    log_event(LOG_INFO, "request", LOG_TEXT("path", "/v1/bindings"), LOG_INT("status", 200), LOG_TEXT("absent", NULL));
    json_auto_t *line = one_line(capture_end());
    assert_string_equal(json_string_value(json_object_get(line, "level")), "info");
    assert_string_equal(json_string_value(json_object_get(line, "event")), "request");
    assert_string_equal(json_string_value(json_object_get(line, "path")), "/v1/bindings");
    assert_int_equal(json_integer_value(json_object_get(line, "status")), 200);
    assert_null(json_object_get(line, "absent"));
    const char *at = json_string_value(json_object_get(line, "at"));
    assert_int_equal(strlen(at), 32);
    assert_string_equal(at + 26, "+08:00");
}

static void hostile_text_cannot_break_a_line(void **state)
{
    (void)state;
    capture_begin();
    log_event(LOG_ERROR, "x", LOG_TEXT("path", "a\"b\\c\nd\te\x01\x7F 王 \xFF\xC0\xAF end"));
    json_auto_t *line = one_line(capture_end());
    assert_string_equal(json_string_value(json_object_get(line, "path")), "a\"b\\c\nd\te\x01\x7F 王 \x3F\x3F\x3F end");
}

static void long_values_are_cut_and_long_lines_stay_json(void **state)
{
    (void)state;
    static char text[5000];
    memset(text, '\n', sizeof(text) - 1);
    capture_begin();
    log_event(LOG_INFO, "x", LOG_TEXT("a", text), LOG_TEXT("b", text), LOG_INT("c", INT64_MIN));
    json_auto_t *line = one_line(capture_end());
    assert_int_equal(json_string_length(json_object_get(line, "a")), 1024);
    assert_null(json_object_get(line, "b")); /* did not fit */
    assert_true(json_integer_value(json_object_get(line, "c")) == INT64_MIN);
}

static void what_is_below_the_level_is_not_written(void **state)
{
    (void)state;
    enum log_level level = LOG_INFO;
    assert_true(log_level_parse("warn", &level));
    assert_int_equal(level, LOG_WARN);
    assert_false(log_level_parse("loud", &level));
    log_set_level(level);
    capture_begin();
    log_event(LOG_INFO, "hidden");
    log_event(LOG_WARN, "shown");
    json_auto_t *line = one_line(capture_end());
    log_set_level(LOG_INFO);
    assert_string_equal(json_string_value(json_object_get(line, "event")), "shown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_one_json_object),
        cmocka_unit_test(hostile_text_cannot_break_a_line),
        cmocka_unit_test(long_values_are_cut_and_long_lines_stay_json),
        cmocka_unit_test(what_is_below_the_level_is_not_written),
    };
    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
