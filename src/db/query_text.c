/* Values as PostgreSQL reads them from text parameters. */
#include <gongji/db/db.h>

#include <gongji/base/str.h>

char *db_int(struct arena *arena, int64_t value)
{
    return arena_printf(arena, "%lld", (long long)value);
}

const char *db_bool(bool value)
{
    return value ? "true" : "false";
}

/* Always quoted: then commas, braces, spaces, the word NULL and the empty text are only themselves. */
static void append_member(struct buf *buf, const char *text)
{
    if (!text) {
        buf_append(buf, "NULL");
        return;
    }
    buf_append_char(buf, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_append_char(buf, '\\');
        buf_append_char(buf, *text);
    }
    buf_append_char(buf, '"');
}

char *db_array(struct arena *arena, const char *const *texts, size_t count)
{
    struct buf buf = buf_new(arena);
    buf_append_char(&buf, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_append_char(&buf, ',');
        append_member(&buf, texts[i]);
    }
    buf_append_char(&buf, '}');
    return buf.text;
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
