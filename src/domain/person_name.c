/* Names made comparable: the same person's name gives the same bytes however it was typed. */
#include <gongji/domain/person_name.h>

#include <stdint.h>

#include <gongji/base/str.h>

enum { NAME_CODE_POINTS_MAX = 50, BLANK = ' ' };

static const uint32_t MIDDLE_DOT = 0x00B7;

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == 0x00A0 || c == 0x3000; /* no-break and ideographic space */
}

/* Control characters, and the invisible format characters that make two names look alike. */
static bool is_forbidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x00AD || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

static uint32_t canonical_code_point(uint32_t c)
{
    if (is_blank(c))
        return BLANK;
    if (c == 0x2022 || c == 0x30FB || c == 0x2027)
        return MIDDLE_DOT;
    if (c >= 0xFF01 && c <= 0xFF5E) /* full-width twins of ASCII */
        c -= 0xFF01 - '!';
    return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

char *person_name_canonical(struct arena *arena, const char *name)
{
    struct str text = str_of(name);
    struct buf canonical = buf_new(arena);
    int count = 0;
    bool blank_due = false;
    for (size_t at = 0, size; at < text.length; at += size) {
        uint32_t c;
        if (!(size = utf8_next(text, at, &c)) || is_forbidden(c))
            return NULL;
        uint32_t same = canonical_code_point(c);
        if (same == BLANK) { /* written only before a next character, so that none stands at an end or twice */
            blank_due = count > 0;
            continue;
        }
        if (blank_due)
            buf_append_char(&canonical, BLANK);
        if (same == c)
            buf_append_n(&canonical, text.bytes + at, size);
        else if (same == MIDDLE_DOT)
            buf_append(&canonical, "·");
        else
            buf_append_char(&canonical, (char)same);
        count += 1 + blank_due;
        blank_due = false;
    }
    return count >= 1 && count <= NAME_CODE_POINTS_MAX ? canonical.text : NULL;
}
