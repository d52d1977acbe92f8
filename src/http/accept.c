/* Accept (RFC 9110 §12.5.1): which of the media types on offer the caller prefers. */
#include "inner.h"

#include <string.h>
#include <strings.h>

struct wish {
    const char *type; /* may end in a star */
    size_t length;
    int weight; /* thousandths */
};

static struct wish wish_of(const char *item, size_t length)
{
    const char *end = item + length, *at = memchr(item, ';', length);
    struct wish wish = { item, at == NULL ? length : (size_t)(at - item), 1000 };
    wish.length = trimmed(&wish.type, wish.length);
    while (at != NULL) {
        const char *parameter = at + 1, *next = memchr(parameter, ';', (size_t)(end - parameter));
        size_t rest = trimmed(&parameter, (size_t)((next == NULL ? end : next) - parameter));
        if (rest >= 2 && strncasecmp(parameter, "q=", 2) == 0)
            wish.weight = weight_of(parameter, rest);
        at = next;
    }
    return wish;
}

/* How closely a wish names a type: 3 itself, 2 its family, 1 anything, 0 not at all. */
static int closeness(const struct wish *wish, const char *offer)
{
    size_t family = strcspn(offer, "/") + 1;
    if (wish->length == strlen(offer) && strncasecmp(wish->type, offer, wish->length) == 0)
        return 3;
    if (wish->length == family + 1 && strncasecmp(wish->type, offer, family) == 0 && wish->type[family] == '*')
        return 2;
    return wish->length == 3 && strncmp(wish->type, "*/*", 3) == 0;
}

/* The closest wish decides, so that "text/csv;q=0" beside any-type refuses only CSV. */
static int weight_for(const char *accept, const char *offer)
{
    int closest = 0, weight = 0;
    for (const char *item = accept; item != NULL;) {
        size_t length = strcspn(item, ",");
        struct wish wish = wish_of(item, length);
        int close = closeness(&wish, offer);
        if (close > closest) {
            closest = close;
            weight = wish.weight;
        }
        item = item[length] == ',' ? item + length + 1 : NULL;
    }
    return weight;
}

const char *accept_pick(const char *accept, const char *const *offers)
{
    const char *best = NULL;
    int most = 0;
    if (accept == NULL || *accept == '\0')
        return offers[0];
    for (; *offers != NULL; offers++) {
        int weight = weight_for(accept, *offers);
        if (weight > most) {
            most = weight;
            best = *offers;
        }
    }
    return best;
}

const char *rq_accepts(const struct request *rq, const char *const *offers)
{
    return accept_pick(rq_header(rq, "Accept"), offers);
}
