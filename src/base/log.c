/* Log lines: built in memory of their own and written with one write(2), so that lines of parallel threads never mix.
 * Not on the stack: a line's room would be two more pages of it, touched for good, in every connection's thread. */
#include <gongji/base/log.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gongji/base/clock.h>
#include <gongji/base/str.h>

enum { LINE_MAX_BYTES = 8192, VALUE_MAX_BYTES = 1024 };

static const char *const LEVELS[] = { "debug", "info", "warn", "error" };
static _Atomic(enum log_level) least_level = LOG_INFO;

struct line {
    struct buf text;
    bool full;
};

static void line_add(struct line *line, const char *bytes, size_t length)
{
    line->full = line->full || length > LINE_MAX_BYTES - 2 - line->text.length; /* two are kept for "}\n" */
    if (!line->full)
        buf_append_n(&line->text, bytes, length);
}

static void line_add_text(struct line *line, const char *text)
{
    line_add(line, text, strlen(text));
}

/* How many bytes from `at` on mean themselves in a JSON string. */
static size_t plain_length(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.length && end < VALUE_MAX_BYTES && text.bytes[end] >= ' ' && text.bytes[end] < 0x7F &&
           text.bytes[end] != '"' && text.bytes[end] != '\\')
        end++;
    return end - at;
}

/* As a JSON string; what is no UTF-8 shows as '?', what is too long ends after VALUE_MAX_BYTES. */
static void line_add_quoted(struct line *line, const char *value)
{
    struct str text = str_of(value);
    line_add(line, "\"", 1);
    for (size_t at = 0, size; at < text.length && at < VALUE_MAX_BYTES; at += size) {
        uint32_t code_point;
        char escaped[8];
        if ((size = plain_length(text, at)) > 0) {
            line_add(line, text.bytes + at, size);
        } else if (!(size = utf8_next(text, at, &code_point))) {
            line_add(line, "?", size = 1);
        } else if (code_point < 0x20 || code_point == '"' || code_point == '\\' || code_point == 0x7F) {
            snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned)(code_point & 0x7F));
            line_add_text(line, escaped);
        } else {
            line_add(line, text.bytes + at, size);
        }
    }
    line_add(line, "\"", 1);
}

static void line_add_field(struct line *line, const struct log_field *field)
{
    char number[24];
    line_add(line, ",", 1);
    line_add_quoted(line, field->name);
    line_add(line, ":", 1);
    if (field->kind == LOG_FIELD_TEXT) {
        line_add_quoted(line, field->text);
    } else {
        snprintf(number, sizeof(number), "%lld", (long long)field->number);
        line_add_text(line, number);
    }
}

bool log_level_parse(const char *text, enum log_level *ret)
{
    for (enum log_level level = LOG_DEBUG; level <= LOG_ERROR; level++)
        if (text_equal(text, LEVELS[level]))
            return *ret = level, true;
    return false;
}

void log_set_level(enum log_level least)
{
    least_level = least;
}

void log_fields(enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
    if (level < least_level)
        return;
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct line line = { .text = buf_new(arena) };
    char at[33];
    clock_rfc3339(clock_now_us(), at);
    const struct log_field first[] = { LOG_TEXT("level", LEVELS[level]), LOG_TEXT("event", event) };
    line_add_text(&line, "{\"at\":");
    line_add_quoted(&line, at);
    line_add_field(&line, &first[0]);
    line_add_field(&line, &first[1]);
    for (size_t i = 0; i < count; i++) {
        size_t whole = line.text.length;
        if (fields[i].text)
            line_add_field(&line, &fields[i]);
        if (line.full) { /* a field that does not fit is left out, so that the line stays JSON */
            line.text.length = whole;
            line.full = false;
        }
    }
    buf_append(&line.text, "}\n");
    ssize_t written;
    do
        written = write(STDERR_FILENO, line.text.text, line.text.length);
    while (written < 0 && errno == EINTR);
}
