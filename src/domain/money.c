/* Money as people and channels write it. */
#include <gongji/domain/money.h>

#include <stdint.h>

char *money_yuan(struct arena *arena, int64_t amount_fen)
{
    uint64_t size = amount_fen < 0 ? -(uint64_t)amount_fen : (uint64_t)amount_fen;
    return arena_printf(arena, "%s%llu.%02u", amount_fen < 0 ? "-" : "", (unsigned long long)(size / 100),
                        (unsigned)(size % 100));
}

bool money_parse_yuan(const char *text, int64_t *ret_fen)
{
    int64_t fen = 0;
    int decimals = -1; /* digits after the point; -1: before it */
    if (*text < '0' || *text > '9')
        return false;
    for (; *text; text++) {
        if (*text == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || decimals == 2 || fen > FEN_MAX / 10)
            return false;
        fen = fen * 10 + (*text - '0');
        decimals += decimals >= 0;
    }
    if (decimals == 0) /* "20." */
        return false;
    for (int missing = decimals < 0 ? 2 : 2 - decimals; missing > 0; missing--) {
        if (fen > FEN_MAX / 10)
            return false;
        fen *= 10;
    }
    if (fen > FEN_MAX)
        return false;
    *ret_fen = fen;
    return true;
}
