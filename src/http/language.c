/* Accept-Language (RFC 9110 §12.5.4): Chinese unless the caller clearly prefers English. */
#include "inner.h"

#include <string.h>
#include <strings.h>

enum { WEIGHT_ONE = 1000 };

struct range {
    const char *tag;
    size_t length;
    int weight; /* thousandths */
};

/* "q=0.8" -> 800; anything else is no weight and the range is not considered. */
int weight_of(const char *text, size_t length)
{
    int weight = 0, unit = WEIGHT_ONE;
    if (length < 3 || length > 7 || strncasecmp(text, "q=", 2) != 0 || (text[2] != '0' && text[2] != '1'))
        return 0;
    weight = (text[2] - '0') * WEIGHT_ONE;
    if (length > 3 && text[3] != '.')
        return 0;
    for (size_t i = 4; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        weight += (text[i] - '0') * (unit /= 10);
    }
    return weight <= WEIGHT_ONE ? weight : 0;
}

size_t trimmed(const char **text, size_t length)
{
    while (length > 0 && (**text == ' ' || **text == '\t')) {
        (*text)++;
        length--;
    }
    while (length > 0 && ((*text)[length - 1] == ' ' || (*text)[length - 1] == '\t'))
        length--;
    return length;
}

static struct range range_of(const char *item, size_t length)
{
    const char *semicolon = memchr(item, ';', length);
    struct range range = { item, semicolon == NULL ? length : (size_t)(semicolon - item), WEIGHT_ONE };
    if (semicolon != NULL) {
        const char *weight = semicolon + 1;
        size_t rest = trimmed(&weight, length - range.length - 1);
        range.weight = weight_of(weight, rest);
    }
    range.length = trimmed(&range.tag, range.length);
    return range;
}

static bool speaks(const struct range *range, const char *language)
{
    return range->length >= 2 && strncasecmp(range->tag, language, 2) == 0 &&
           (range->length == 2 || range->tag[2] == '-');
}

enum language language_pick(const char *accept_language)
{
    int chinese = 0, english = 0, chinese_place = 0, english_place = 0, place = 0;
    for (const char *item = accept_language; item != NULL; place++) {
        size_t length = strcspn(item, ",");
        struct range range = range_of(item, length);
        bool any = range.length == 1 && range.tag[0] == '*';
        if ((any || speaks(&range, "zh")) && range.weight > chinese)
            chinese = range.weight, chinese_place = place;
        else if (speaks(&range, "en") && range.weight > english)
            english = range.weight, english_place = place;
        item = item[length] == ',' ? item + length + 1 : NULL;
    }
    if (english == chinese)
        return english > 0 && english_place < chinese_place ? LANG_EN : LANG_ZH;
    return english > chinese ? LANG_EN : LANG_ZH;
}
