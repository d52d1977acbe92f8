#pragma once
/* Money is integer fen, 0 … 2^53 - 1: exact in every JSON reader. */
#include <stdint.h>

#include <gongji/base/arena.h>

#define FEN_MAX INT64_C(9007199254740991)
char *money_yuan(struct arena *arena, int64_t amount_fen); /* "380.00"; sign kept */
