/* Strict JSON: what jansson leaves open (depth, faults that name their member) and bodies described by tables of fields. */
#include <gongji/base/json.h>

#include <stdlib.h>
#include <string.h>

#include <gongji/base/clock.h>
#include <gongji/base/crypto.h>

enum { FAULTS_MAX = 100, TEXT_MAX_STANDARD = 200, COUNT_MAX_STANDARD = 20, LEAF_DIGEST_LENGTH = 16 };

static const int64_t INT_MAX_STANDARD = INT64_C(9007199254740991); /* 2^53 - 1 */

/* --- memory --- */

/* A body is hundreds of small pieces, and each connection has a thread: malloc was a quarter of the server's work. */
static _Thread_local struct arena *memory;

static void *take(size_t size)
{
    return memory ? arena_alloc(memory, size) : malloc(size);
}

static void give_back(void *piece)
{
    if (!memory)
        free(piece);
}

__attribute__((constructor)) static void replace_malloc(void)
{
    json_set_alloc_funcs(take, give_back);
}

void json_memory(struct arena *arena)
{
#ifdef __SANITIZE_ADDRESS__
    (void)arena; /* it is to see each value's end */
#else
    memory = arena;
#endif
}

/* --- faults --- */

/* Who wrote an ID number where a member's name belongs does not get it back. */
static const char *without_id_numbers(struct arena *arena, const char *pointer)
{
    char *copy = arena_strdup(arena, pointer);
    for (const char *found; (found = id_shape_in(copy)) != NULL;)
        memset(copy + (found - copy), '*', ID_SHAPE_LENGTH);
    return copy;
}

void fault_add(struct faults *faults, const char *pointer, const char *code, const char *format, ...)
{
    if (faults->count++ >= FAULTS_MAX) /* a hostile body gets no endless answer */
        return;
    struct fault *fault = arena_alloc(faults->arena, sizeof(*fault));
    va_list args;
    va_start(args, format);
    *fault = (struct fault){ without_id_numbers(faults->arena, pointer), code,
                             arena_vprintf(faults->arena, format, args), NULL };
    va_end(args);
    *(faults->first ? faults->tail : &faults->first) = fault;
    faults->tail = &fault->next;
}

/* RFC 6901 §3: '~' and '/' of a member's name are escaped. */
static const char *pointer_to(struct arena *arena, const char *parent, const char *name)
{
    struct buf pointer = buf_new(arena);
    buf_append(&pointer, parent);
    buf_append_char(&pointer, '/');
    for (; *name; name++) {
        if (*name == '~' || *name == '/')
            buf_append(&pointer, *name == '~' ? "~0" : "~1");
        else
            buf_append_char(&pointer, *name);
    }
    return buf_text(&pointer);
}

static const char *pointer_to_item(struct arena *arena, const char *parent, size_t i)
{
    return arena_printf(arena, "%s/%zu", parent, i);
}

/* --- reading --- */

/* Past the string that starts at `at` (a quotation mark); the text's length when it does not end. */
static size_t string_end(struct str text, size_t at)
{
    for (at++; at < text.length && text.bytes[at] != '"'; at++)
        if (text.bytes[at] == '\\')
            at++;
    return at < text.length ? at + 1 : text.length;
}

static bool too_deep(struct str text)
{
    int depth = 0;
    for (size_t at = 0; at < text.length;) {
        char c = text.bytes[at];
        if ((c == '{' || c == '[') && ++depth > JSON_DEPTH_MAX)
            return true;
        depth -= c == '}' || c == ']';
        at = c == '"' ? string_end(text, at) : at + 1;
    }
    return false;
}

/* One level of nesting while the members of a text are walked. */
struct level {
    const char *pointer; /* of this object or array itself */
    json_t *seen;        /* an object's names so far; NULL: an array */
    const char *name;    /* the member being read; NULL: its name comes next */
    size_t item;
};

static const char *level_pointer(struct arena *arena, const struct level *level)
{
    if (!level->seen)
        return pointer_to_item(arena, level->pointer, level->item);
    return level->name ? pointer_to(arena, level->pointer, level->name) : level->pointer;
}

static void name_read(struct faults *faults, struct level *level, struct str token)
{
    json_t *name = json_keep(faults->arena, json_loadb(token.bytes, token.length, JSON_DECODE_ANY, NULL));
    if (!name)
        return;
    level->name = json_string_value(name);
    if (json_object_get(level->seen, level->name))
        fault_add(faults, level_pointer(faults->arena, level), "duplicate_member", "stands there more than once");
    json_object_set_new(level->seen, level->name, json_true());
}

/* Walks the first `length` bytes, adds a fault for every duplicate member, and gives the pointer of where it stopped.
 * Only for texts that jansson has refused and that are not too deep; it is lenient about everything else. */
static const char *duplicates_find(struct faults *faults, struct str text, size_t length)
{
    struct level levels[JSON_DEPTH_MAX + 1] = { { .pointer = "" } }, *level = NULL;
    for (size_t at = 0, next; at < text.length && at < length; at = next) {
        char c = text.bytes[at];
        next = c == '"' ? string_end(text, at) : at + 1;
        if (c == '{' || c == '[') {
            const char *pointer = level ? level_pointer(faults->arena, level) : "";
            level = level ? level + 1 : levels;
            *level = (struct level){ .pointer = pointer };
            level->seen = c == '{' ? json_keep(faults->arena, json_object()) : NULL;
        } else if (!level) {
            continue;
        } else if (c == '}' || c == ']') {
            level = level == levels ? NULL : level - 1;
        } else if (c == ',') {
            level->item++;
            level->name = NULL;
        } else if (c == '"' && level->seen && !level->name) {
            name_read(faults, level, (struct str){ text.bytes + at, next - at });
        }
    }
    return level ? level_pointer(faults->arena, level) : "";
}

json_t *json_read_all(struct faults *faults, struct str text)
{
    json_error_t error;
    if (too_deep(text)) {
        fault_add(faults, "", "malformed", "nested more than %d deep", JSON_DEPTH_MAX);
        return NULL;
    }
    if (text.length && memchr(text.bytes, '\0', text.length)) { /* jansson passes over one behind a number */
        fault_add(faults, "", "malformed", "holds a NUL");
        return NULL;
    }
    json_t *value = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES, &error);
    if (!value && json_error_code(&error) == json_error_duplicate_key) {
        struct faults aside = { .arena = faults->arena };
        value = json_loadb(text.bytes, text.length, 0, &error);
        duplicates_find(value ? faults : &aside, text,
                        text.length); /* else what is wrong behind it is the fault to tell */
    }
    if (!value && json_error_code(&error) == json_error_numeric_overflow) {
        struct faults aside = { .arena = faults->arena };
        fault_add(faults, duplicates_find(&aside, text, (size_t)error.position), "out_of_range", "too large a number");
    } else if (!value) { /* not error.text: it quotes what was sent */
        fault_add(faults, "", "malformed", "not JSON at line %d, column %d", error.line, error.column);
    }
    return json_keep(faults->arena, value);
}

json_t *json_read(struct faults *faults, struct str text)
{
    int before = faults->count;
    json_t *value = json_read_all(faults, text);
    return faults->count == before ? value : NULL;
}

/* --- fields --- */

static size_t code_points(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static void text_length_check(struct faults *faults, const char *pointer, const char *text, int64_t least, int64_t most)
{
    int64_t length = (int64_t)code_points(text);
    if (length < least || length > most)
        fault_add(faults, pointer, "out_of_range", "must be %lld to %lld characters long", (long long)least,
                  (long long)most);
}

static void text_value_check(struct faults *faults, const char *pointer, const char *text, const struct field *field)
{
    if (field->one_of && !text_in(text, field->one_of)) {
        struct buf list = buf_new(faults->arena);
        for (const char *const *item = field->one_of; *item; item++)
            buf_printf(&list, "%s%s", item == field->one_of ? "" : " ", *item);
        fault_add(faults, pointer, "not_allowed", "must be one of: %s", buf_text(&list));
    } else if (field->check && !field->check(text)) {
        fault_add(faults, pointer, "bad_format", "not of the form that is asked for");
    }
}

static void read_text(struct faults *faults, const char *pointer, json_t *value, const struct field *field)
{
    const char *text = json_string_value(value);
    int before = faults->count;
    text_length_check(faults, pointer, text, field->min, field->max ? field->max : TEXT_MAX_STANDARD);
    if (faults->count == before)
        text_value_check(faults, pointer, text, field);
    if (faults->count == before && field->ret)
        *(const char **)field->ret = text;
}

static void read_date(struct faults *faults, const char *pointer, json_t *value, const struct field *field)
{
    const char *text = json_string_value(value);
    int64_t day;
    if (strlen(text) != strlen("YYYY-MM-DD") || !clock_day_number(text, &day))
        fault_add(faults, pointer, "bad_format", "must be a day as YYYY-MM-DD");
    else if (field->ret)
        *(const char **)field->ret = text;
}

static void read_int(struct faults *faults, const char *pointer, json_t *value, const struct field *field)
{
    int64_t number = json_integer_value(value), most = field->max ? field->max : INT_MAX_STANDARD;
    if (number < field->min || number > most)
        fault_add(faults, pointer, "out_of_range", "must be %lld to %lld", (long long)field->min, (long long)most);
    else if (field->ret)
        *(int64_t *)field->ret = number;
}

static void read_bool(struct faults *faults, const char *pointer, json_t *value, const struct field *field)
{
    (void)faults, (void)pointer;
    if (field->ret)
        *(bool *)field->ret = json_is_true(value);
}

static void read_array(struct faults *faults, const char *pointer, json_t *value, const struct field *field)
{
    int before = faults->count;
    int64_t count = (int64_t)json_array_size(value), most = field->max ? field->max : COUNT_MAX_STANDARD;
    if (count < field->min || count > most)
        fault_add(faults, pointer, "out_of_range", "must have %lld to %lld items", (long long)field->min,
                  (long long)most);
    bool texts = field->kind == FIELD_TEXTS;
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item) {
        const char *at = pointer_to_item(faults->arena, pointer, i);
        int so_far = faults->count;
        if (texts ? !json_is_string(item) : !json_is_integer(item))
            fault_add(faults, at, "wrong_type", "must be %s", texts ? "a string" : "an integer");
        else if (texts)
            text_length_check(faults, at, json_string_value(item), 1, TEXT_MAX_STANDARD);
        if (texts && faults->count == so_far)
            text_value_check(faults, at, json_string_value(item), field);
    }
    if (faults->count == before && field->ret)
        *(json_t **)field->ret = value;
}

static void read_object(struct faults *faults, const char *pointer, json_t *value, const struct field *field)
{
    json_fields_at(faults, pointer, value, field->members);
}

static void read_any(struct faults *faults, const char *pointer, json_t *value, const struct field *field)
{
    (void)faults, (void)pointer;
    if (field->ret)
        *(json_t **)field->ret = value;
}

enum { ANY_TYPE = -1, BOOL_TYPE = -2 };

/* clang-format off */
static const struct {
    int type; /* of jansson, or one of the two above */
    const char *article;
    void (*read)(struct faults *faults, const char *pointer, json_t *value, const struct field *field);
} KINDS[] = {
    [FIELD_TEXT]   = { JSON_STRING,  "a string",   read_text },
    [FIELD_INT]    = { JSON_INTEGER, "an integer", read_int },
    [FIELD_BOOL]   = { BOOL_TYPE,    "true or false", read_bool },
    [FIELD_DATE]   = { JSON_STRING,  "a string",   read_date },
    [FIELD_TEXTS]  = { JSON_ARRAY,   "an array",   read_array },
    [FIELD_INTS]   = { JSON_ARRAY,   "an array",   read_array },
    [FIELD_OBJECT] = { JSON_OBJECT,  "an object",  read_object },
    [FIELD_JSON]   = { ANY_TYPE,     "",           read_any },
};
/* clang-format on */

static bool type_fits(const json_t *value, int type)
{
    return type == ANY_TYPE || (type == BOOL_TYPE ? json_is_boolean(value) : (int)json_typeof(value) == type);
}

static void field_read(struct faults *faults, const char *parent, const json_t *object, const struct field *field)
{
    const char *pointer = pointer_to(faults->arena, parent, field->name);
    json_t *value = json_object_get(object, field->name);
    if (!value || (field->optional && json_is_null(value))) {
        if (!field->optional)
            fault_add(faults, pointer, "missing", "must be given");
        return;
    }
    if (field->ret_present)
        *field->ret_present = true;
    if (!type_fits(value, KINDS[field->kind].type))
        fault_add(faults, pointer, "wrong_type", "must be %s", KINDS[field->kind].article);
    else
        KINDS[field->kind].read(faults, pointer, value, field);
}

static bool field_known(const struct field *fields, const char *name)
{
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return true;
    return false;
}

bool json_fields_at(struct faults *faults, const char *pointer, const json_t *object, const struct field *fields)
{
    int before = faults->count;
    if (!json_is_object(object)) {
        fault_add(faults, pointer, "wrong_type", "must be an object");
        return false;
    }
    for (const struct field *field = fields; field->name; field++)
        field_read(faults, pointer, object, field);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value) /* jansson's iterators take no const */
        if (!field_known(fields, name))
            fault_add(faults, pointer_to(faults->arena, pointer, name), "unknown_member", "is not known here");
    return faults->count == before;
}

bool json_fields(struct faults *faults, const json_t *object, const struct field *fields)
{
    return json_fields_at(faults, "", object, fields);
}

/* --- writing --- */

static void decref(void *value)
{
    json_decref(value);
}

json_t *json_keep(struct arena *arena, json_t *value)
{
    if (value && arena != memory)
        arena_defer(arena, decref, value);
    return value;
}

/* What text is: jansson's own writer goes through a call for each piece and each character of it, and bodies of answers
 * are most of what is written. Each function below writes at `at` and gives the length; with NULL it only counts. */
static size_t put(char *at, const char *bytes, size_t length)
{
    if (at)
        memcpy(at, bytes, length);
    return length;
}

static size_t put_escaped(char *at, unsigned char c)
{
    static const char SHORT[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'
    };
    static const char HEX[] = "0123456789ABCDEF";
    if (SHORT[c])
        return put(at, (const char[]){ '\\', SHORT[c] }, 2);
    return put(at, (const char[]){ '\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 15] }, 6);
}

static size_t put_string(char *at, const char *text, size_t length)
{
    size_t done = put(at, "\"", 1);
    for (const char *end = text + length, *plain; text < end; text = plain) {
        for (plain = text; plain < end && (unsigned char)*plain >= ' ' && *plain != '"' && *plain != '\\';)
            plain++;
        done += put(at ? at + done : NULL, text, (size_t)(plain - text));
        if (plain < end)
            done += put_escaped(at ? at + done : NULL, (unsigned char)*plain++);
    }
    return done + put(at ? at + done : NULL, "\"", 1);
}

static size_t put_value(char *at, const json_t *value);

static size_t put_object(char *at, const json_t *object)
{
    size_t done = put(at, "{", 1);
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)object, name, member) {
        if (done > 1)
            done += put(at ? at + done : NULL, ",", 1);
        done += put_string(at ? at + done : NULL, name, strlen(name));
        done += put(at ? at + done : NULL, ":", 1);
        done += put_value(at ? at + done : NULL, member);
    }
    return done + put(at ? at + done : NULL, "}", 1);
}

static size_t put_array(char *at, const json_t *array)
{
    size_t done = put(at, "[", 1), i;
    json_t *item;
    json_array_foreach(array, i, item) {
        if (i > 0)
            done += put(at ? at + done : NULL, ",", 1);
        done += put_value(at ? at + done : NULL, item);
    }
    return done + put(at ? at + done : NULL, "]", 1);
}

static size_t put_integer(char *at, int64_t value)
{
    char digits[21];
    return put(at, digits, int64_text(value, digits));
}

static size_t put_real(char *at, const json_t *value)
{
    char text[64];
    return put(at, text, json_dumpb(value, text, sizeof text, JSON_ENCODE_ANY));
}

static size_t put_value(char *at, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_object(at, value);
    case JSON_ARRAY:
        return put_array(at, value);
    case JSON_STRING:
        return put_string(at, json_string_value(value), json_string_length(value));
    case JSON_INTEGER:
        return put_integer(at, json_integer_value(value));
    case JSON_REAL:
        return put_real(at, value);
    case JSON_TRUE:
        return put(at, "true", 4);
    case JSON_FALSE:
        return put(at, "false", 5);
    case JSON_NULL:
        return put(at, "null", 4);
    }
    abort();
}

char *json_text(struct arena *arena, const json_t *value)
{
    char *text = arena_alloc(arena, put_value(NULL, value) + 1);
    put_value(text, value);
    return text;
}

struct lines {
    struct arena *arena;
    const char **items;
    size_t count, capacity;
};

static void lines_add(struct lines *lines, const char *line)
{
    if (lines->count == lines->capacity) {
        const char **items = arena_alloc(lines->arena, sizeof(*items) * (lines->capacity = 2 * lines->capacity + 16));
        if (lines->count)
            memcpy(items, lines->items, sizeof(*items) * lines->count);
        lines->items = items;
    }
    lines->items[lines->count++] = line;
}

static void leaves_add(struct lines *lines, const char *salt, const char *pointer, const json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;
    if (json_object_size(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, name, member)
            leaves_add(lines, salt, pointer_to(lines->arena, pointer, name), member);
    } else if (json_array_size(value)) {
        json_array_foreach(value, i, member)
            leaves_add(lines, salt, pointer_to_item(lines->arena, pointer, i), member);
    } else { /* an empty object or array is a leaf too */
        const char *digest = crypto_sha256_hex(
            lines->arena, str_of(arena_printf(lines->arena, "%s\n%s", salt, json_text(lines->arena, value))));
        lines_add(lines, arena_printf(lines->arena, "%s\t%.*s\n", pointer, LEAF_DIGEST_LENGTH, digest));
    }
}

static int line_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *json_fingerprint(struct arena *arena, const char *salt, const json_t *value)
{
    struct lines lines = { .arena = arena };
    leaves_add(&lines, salt, "", value);
    qsort(lines.items, lines.count, sizeof(*lines.items), line_order);
    struct buf text = buf_new(arena);
    for (size_t i = 0; i < lines.count; i++)
        buf_append(&text, lines.items[i]);
    return arena_strdup(arena, buf_text(&text));
}
