#pragma once
/* One JSON object per line on standard error: {"at":"…+08:00","level":"info","event":"request","status":200,…}.
 * Never personal data: no name, ID number, token or body goes in; identifiers of ours (person_id, bnd_…) may.
 *
 *     log_event(LOG_INFO, "request", LOG_TEXT("path", path), LOG_INT("status", 200));
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_kind { LOG_FIELD_TEXT, LOG_FIELD_INT };
struct log_field {
    const char *name;
    enum log_kind kind;
    const char *text; /* NULL: the field is left out */
    int64_t number;
};

#define LOG_TEXT(name, value) ((struct log_field){ (name), LOG_FIELD_TEXT, (value), 0 })
#define LOG_INT(name, value) ((struct log_field){ (name), LOG_FIELD_INT, "", (value) })
#define log_event(level, event, ...)                                        \
    log_fields((level), (event), (const struct log_field[]){ __VA_ARGS__ }, \
               sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

bool log_level_parse(const char *text, enum log_level *ret); /* "debug", "info", "warn" or "error" */
void log_set_level(enum log_level least);
void log_fields(enum log_level level, const char *event, const struct log_field *fields, size_t count);
