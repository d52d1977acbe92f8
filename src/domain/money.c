/* Money as people read it. */
#include <gongji/domain/money.h>

#include <stdint.h>

char *money_yuan(struct arena *arena, int64_t amount_fen)
{
    uint64_t size = amount_fen < 0 ? -(uint64_t)amount_fen : (uint64_t)amount_fen;
    return arena_printf(arena, "%s%llu.%02u", amount_fen < 0 ? "-" : "", (unsigned long long)(size / 100),
                        (unsigned)(size % 100));
}
