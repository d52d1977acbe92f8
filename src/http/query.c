/* The query of a URL, decoded once and strictly, against a handler's table of parameters. */
#include "inner.h"

#include <string.h>

enum { PARAMETERS_MAX = 32, TEXT_MAX = 200 };
static const int64_t INT_MAX_JSON = ((int64_t)1 << 53) - 1;

struct parameter {
    const char *name, *value; /* NULL value: not decodable */
};
struct parameters {
    struct parameter list[PARAMETERS_MAX];
    size_t count;
};

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef",
               *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* NULL: a bad percent escape, a control character, or no UTF-8. */
static const char *decoded(struct arena *arena, const char *text, size_t length)
{
    struct buf buf = buf_new(arena);
    for (size_t i = 0; i < length; i++) {
        char c = text[i] == '+' ? ' ' : text[i];
        if (c == '%') {
            int high = i + 2 < length ? hex_digit(text[i + 1]) : -1, low = i + 2 < length ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return NULL;
        buf_append_char(&buf, c);
    }
    return utf8_valid((struct str){ buf_text(&buf), buf.length }) ? buf_text(&buf) : NULL;
}

static const char *pointer_to(struct request *rq, const char *name)
{
    return arena_printf(rq->arena, "?%s", name);
}

static void parameter_add(struct request *rq, struct parameters *all, const char *pair, size_t length)
{
    const char *equals = memchr(pair, '=', length);
    size_t name_length = equals == NULL ? length : (size_t)(equals - pair);
    const char *name = decoded(rq->arena, pair, name_length);
    const char *value = equals == NULL ? "" : decoded(rq->arena, equals + 1, length - name_length - 1);
    if (name == NULL || *name == '\0' || all->count == PARAMETERS_MAX) {
        fault_add(&rq->faults, "?", "malformed", "a query parameter cannot be read");
        return;
    }
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, name) == 0) {
            fault_add(&rq->faults, pointer_to(rq, name), "duplicate_member", "given more than once");
            return;
        }
    all->list[all->count++] = (struct parameter){ name, value };
}

static struct parameters parameters_read(struct request *rq)
{
    struct parameters all = { .count = 0 };
    const char *pair = rq->query;
    while (pair != NULL && *pair != '\0') {
        size_t length = strcspn(pair, "&");
        parameter_add(rq, &all, pair, length);
        pair += length;
        if (*pair == '&' && *++pair == '\0')
            fault_add(&rq->faults, "?", "malformed", "the query ends with '&'");
    }
    return all;
}

static int number(const char *digits, int length)
{
    int value = 0;
    for (int i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        value = value * 10 + digits[i] - '0';
    }
    return value;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* "2026-02-28" at the start of `text`, a day of the calendar. */
static bool day_fine(const char *text)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (strnlen(text, 10) < 10 || text[4] != '-' || text[7] != '-')
        return false;
    int year = number(text, 4), month = number(text + 5, 2), day = number(text + 8, 2);
    if (year < 1 || month < 1 || month > 12)
        return false;
    return day >= 1 && day <= DAYS[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

static bool time_fine(const char *text)
{
    if (strnlen(text, 8) < 8 || text[2] != ':' || text[5] != ':')
        return false;
    int hour = number(text, 2), minute = number(text + 3, 2), second = number(text + 6, 2);
    return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
}

/* "+08:00": as far from Greenwich as any place is, 14 hours. */
static bool offset_fine(const char *text)
{
    if (strlen(text) != 6 || text[3] != ':')
        return false;
    int hour = number(text + 1, 2), minute = number(text + 4, 2);
    return hour >= 0 && minute >= 0 && minute <= 59 && hour * 60 + minute <= 14 * 60;
}

/* RFC 3339. A '+' that came as a blank is mended; a bare date is midnight in China. NULL: no such instant. */
static const char *instant(struct arena *arena, const char *text)
{
    if (!day_fine(text))
        return NULL;
    if (text[10] == '\0')
        return arena_printf(arena, "%sT00:00:00+08:00", text);
    if ((text[10] != 'T' && text[10] != 't') || !time_fine(text + 11))
        return NULL;
    const char *fraction = text + 19;
    size_t digits = *fraction == '.' ? strspn(fraction + 1, "0123456789") : 0;
    const char *zone = fraction + (*fraction == '.' ? digits + 1 : 0);
    if ((*fraction == '.' && digits == 0) || digits > 9)
        return NULL;
    int kept = (int)(zone - text) - 11;
    if (text_equal(zone, "Z") || text_equal(zone, "z"))
        return arena_printf(arena, "%.10sT%.*sZ", text, kept, text + 11);
    if ((*zone != '+' && *zone != ' ' && *zone != '-') || !offset_fine(zone))
        return NULL;
    return arena_printf(arena, "%.10sT%.*s%c%s", text, kept, text + 11, *zone == '-' ? '-' : '+', zone + 1);
}

static const char *store_int(const struct query_field *field, const char *value)
{
    int64_t parsed, most = field->max == 0 ? INT_MAX_JSON : field->max;
    if (!parse_int64(value, &parsed))
        return "wrong_type";
    if (parsed < field->min || parsed > most)
        return "out_of_range";
    *(int64_t *)field->ret = parsed;
    return NULL;
}

static const char *store_bool(const struct query_field *field, const char *value)
{
    if (!text_equal(value, "true") && !text_equal(value, "false"))
        return "wrong_type";
    *(bool *)field->ret = value[0] == 't';
    return NULL;
}

static const char *store_text(const struct query_field *field, const char *value)
{
    size_t length = 0;
    for (const char *c = value; *c != '\0'; c++)
        length += ((unsigned char)*c & 0xc0) != 0x80;
    if ((int64_t)length < (field->min == 0 ? 1 : field->min) ||
        (int64_t)length > (field->max == 0 ? TEXT_MAX : field->max))
        return "out_of_range";
    if (field->one_of != NULL && !text_in(value, field->one_of))
        return "not_allowed";
    if (field->check != NULL && !field->check(value))
        return "bad_format";
    *(const char **)field->ret = value;
    return NULL;
}

static const char *store_date(const struct query_field *field, const char *value)
{
    if (!day_fine(value) || value[10] != '\0')
        return "bad_format";
    *(const char **)field->ret = value;
    return NULL;
}

/* NULL, or the code of what is wrong. */
static const char *store(struct request *rq, const struct query_field *field, const char *value)
{
    const char *at;
    if (value == NULL)
        return "malformed";
    switch (field->kind) {
    case QUERY_INT:
        return store_int(field, value);
    case QUERY_BOOL:
        return store_bool(field, value);
    case QUERY_DATE:
        return store_date(field, value);
    case QUERY_INSTANT:
        if ((at = instant(rq->arena, value)) == NULL)
            return "bad_format";
        *(const char **)field->ret = at;
        return NULL;
    case QUERY_TEXT:
        break;
    }
    return store_text(field, value);
}

static const char *explained(const char *code)
{
    static const struct {
        const char *code, *detail;
    } DETAILS[] = {
        { "malformed", "not well-formed percent-encoded UTF-8" },
        { "wrong_type", "not of the expected type" },
        { "out_of_range", "too long, too short, too small or too large" },
        { "not_allowed", "not one of the allowed values" },
        { "bad_format", "not of the expected form" },
    };
    for (size_t i = 0; i < sizeof DETAILS / sizeof *DETAILS; i++)
        if (strcmp(DETAILS[i].code, code) == 0)
            return DETAILS[i].detail;
    return code;
}

static const struct query_field *field_named(const struct query_field *fields, const char *name)
{
    for (; fields->name != NULL; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

static void take(struct request *rq, const struct query_field *fields, const struct parameter *given)
{
    const struct query_field *field = field_named(fields, given->name);
    const char *code = field == NULL ? NULL : store(rq, field, given->value);
    if (field == NULL)
        fault_add(&rq->faults, pointer_to(rq, given->name), "unknown_member", "no such parameter");
    else if (code != NULL)
        fault_add(&rq->faults, pointer_to(rq, given->name), code, "%s", explained(code));
}

static bool was_given(const struct parameters *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, name) == 0)
            return true;
    return false;
}

enum status rq_query(struct request *rq, const struct query_field *fields)
{
    struct parameters all = parameters_read(rq);
    rq->query_read = true;
    for (size_t i = 0; i < all.count; i++)
        take(rq, fields, &all.list[i]);
    for (const struct query_field *field = fields; field->name != NULL; field++)
        if (field->required && !was_given(&all, field->name))
            fault_add(&rq->faults, pointer_to(rq, field->name), "missing", "required");
    return rq->faults.count == 0 ? ST_OK : ST_VALIDATION_FAILED;
}

/* A handler without parameters need not say so: whatever was sent to it is unknown. */
bool query_spent(struct request *rq)
{
    return rq->query_read || rq_query(rq, (const struct query_field[]){ { 0 } }) == ST_OK;
}
