/* Byte strings with their length, UTF-8, and text that grows in an arena. */
#include <gongji/base/str.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct str str_of(const char *text)
{
    return text ? (struct str){ text, strlen(text) } : (struct str){ "", 0 };
}

bool str_equal(struct str a, struct str b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

bool text_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_in(const char *text, const char *const *list)
{
    for (; text && *list; list++)
        if (strcmp(text, *list) == 0)
            return true;
    return false;
}

bool str_starts(struct str text, struct str prefix)
{
    return text.length >= prefix.length && str_equal((struct str){ text.bytes, prefix.length }, prefix);
}

/* RFC 3629 §4: how many bytes the lead byte announces, and the least and most its first continuation byte may be. */
static size_t utf8_lead(unsigned char lead, unsigned char *ret_least, unsigned char *ret_most)
{
    *ret_least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80; /* lower would be overlong */
    *ret_most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;  /* higher: a surrogate, past U+10FFFF */
    if (lead < 0x80)
        return 1;
    return lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

size_t utf8_next(struct str text, size_t at, uint32_t *ret_code_point)
{
    if (at >= text.length)
        return 0;
    const unsigned char *bytes = (const unsigned char *)text.bytes + at;
    unsigned char least, most;
    size_t size = utf8_lead(bytes[0], &least, &most);
    if (size == 0 || size > text.length - at)
        return 0;
    uint32_t code_point = size == 1 ? bytes[0] : bytes[0] & (0x7FU >> size);
    for (size_t i = 1; i < size; i++, least = 0x80, most = 0xBF) {
        if (bytes[i] < least || bytes[i] > most)
            return 0;
        code_point = code_point << 6 | (bytes[i] & 0x3F);
    }
    *ret_code_point = code_point;
    return size;
}

bool utf8_valid(struct str text)
{
    uint32_t code_point;
    for (size_t at = 0, size; at < text.length; at += size)
        if (!(size = utf8_next(text, at, &code_point)) || code_point == 0)
            return false;
    return true;
}

static bool id_shaped(const char *text)
{
    if (strspn(text, "0123456789") < ID_SHAPE_LENGTH - 1)
        return false;
    int century = (text[6] - '0') * 10 + text[7] - '0', month = (text[10] - '0') * 10 + text[11] - '0';
    int day = (text[12] - '0') * 10 + text[13] - '0';
    char last = text[ID_SHAPE_LENGTH - 1];
    return century >= 18 && century <= 20 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           ((last >= '0' && last <= '9') || last == 'X' || last == 'x');
}

const char *id_shape_in(const char *text)
{
    while (*text && !id_shaped(text))
        text++;
    return *text ? text : NULL;
}

size_t int64_text(int64_t value, char ret_text[static 21])
{
    char digits[20];
    size_t count = 0, length = 0;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        digits[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0)
        ret_text[length++] = '-';
    while (count > 0)
        ret_text[length++] = digits[--count];
    ret_text[length] = '\0';
    return length;
}

bool parse_int64(const char *text, int64_t *ret)
{
    if (!text)
        return false;
    bool negative = *text == '-';
    text += negative;
    int64_t value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        int digit = *text - '0'; /* downwards when negative: the least int64_t has no positive twin */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *ret = value;
    return true;
}

struct buf buf_new(struct arena *arena)
{
    return (struct buf){ .arena = arena };
}

static void buf_reserve(struct buf *buf, size_t more)
{
    if (more < buf->capacity - buf->length)
        return;
    size_t capacity = buf->capacity ? buf->capacity : 64;
    while (capacity - buf->length <= more)
        if (__builtin_mul_overflow(capacity, 2, &capacity))
            out_of_memory();
    char *text = arena_alloc(buf->arena, capacity);
    if (buf->length)
        memcpy(text, buf->text, buf->length);
    buf->text = text; /* arena memory is zeroed, so the text stays terminated */
    buf->capacity = capacity;
}

void buf_append_n(struct buf *buf, const char *bytes, size_t length)
{
    buf_reserve(buf, length);
    if (length)
        memcpy(buf->text + buf->length, bytes, length);
    buf->length += length;
    buf->text[buf->length] = '\0';
}

void buf_append(struct buf *buf, const char *text)
{
    buf_append_n(buf, text, strlen(text));
}

void buf_append_char(struct buf *buf, char c)
{
    buf_append_n(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    buf_reserve(buf, (size_t)length);
    vsnprintf(buf->text + buf->length, (size_t)length + 1, format, again);
    va_end(again);
    buf->length += (size_t)length;
}

const char *buf_text(const struct buf *buf)
{
    return buf->text ? buf->text : "";
}
