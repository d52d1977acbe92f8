/* Values as PostgreSQL reads them from text parameters. */
#include <gongji/db/db.h>

#include <gongji/base/str.h>

#include <string.h>

char *db_int(struct arena *arena, int64_t value)
{
    char digits[21];
    return arena_strndup(arena, digits, int64_text(value, digits));
}

const char *db_bool(bool value)
{
    return value ? "true" : "false";
}

/* Always quoted: then commas, braces, spaces, the word NULL and the empty text are only themselves. */
static char *put_member(char *at, const char *text)
{
    if (!text)
        return stpcpy(at, "NULL");
    *at++ = '"';
    for (; *text; *at++ = *text++)
        if (*text == '"' || *text == '\\')
            *at++ = '\\';
    *at++ = '"';
    return at;
}

/* Written into room for the longest it can be: the lanes spend their time between two batches here. */
char *db_array(struct arena *arena, const char *const *texts, size_t count)
{
    size_t most = sizeof("{}");
    for (size_t i = 0; i < count; i++)
        most += texts[i] ? 2 * strlen(texts[i]) + sizeof("\"\",") : sizeof("NULL,");
    char *array = arena_alloc(arena, most), *at = array;
    *at++ = '{';
    for (size_t i = 0; i < count; i++) {
        if (i)
            *at++ = ',';
        at = put_member(at, texts[i]);
    }
    *at = '}'; /* arena memory is zeroed */
    return array;
}

static const char *member_text(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    return json_is_integer(value) ? db_int(arena, json_integer_value(value)) : NULL;
}

char *db_array_of(struct arena *arena, const json_t *strings)
{
    if (!strings || json_is_null(strings))
        return NULL;
    size_t count = json_array_size(strings);
    const char **texts = arena_alloc(arena, count * sizeof(*texts));
    for (size_t i = 0; i < count; i++)
        texts[i] = member_text(arena, json_array_get(strings, i));
    return db_array(arena, texts, count);
}
