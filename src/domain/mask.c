/* Masks: enough to recognise one's own, too little to learn another's. */
#include <gongji/domain/mask.h>

#include <string.h>

#include <gongji/base/str.h>

char *mask_name(struct arena *arena, const char *name)
{
    struct str text = str_of(name);
    struct buf masked = buf_new(arena);
    uint32_t code_point;
    size_t first = utf8_next(text, 0, &code_point), at = first, last = 0, size;
    int count = first > 0;
    for (; (size = utf8_next(text, at, &code_point)); at += size, count++)
        last = size;
    if (count >= 2)
        buf_append_n(&masked, text.bytes, first);
    for (int i = 0; i < (count <= 2 ? 1 : count - 2); i++)
        buf_append_char(&masked, '*');
    if (count > 2)
        buf_append_n(&masked, text.bytes + at - last, last);
    return masked.text;
}

char *mask_id_number(struct arena *arena, const char *id_number)
{
    static const char STARS[] = "******************";
    size_t length = strlen(id_number);
    if (length != strlen(STARS)) /* not an ID number: show nothing of it */
        return arena_strdup(arena, STARS);
    return arena_printf(arena, "%.3s%.13s%s", id_number, STARS, id_number + length - 2);
}
