#pragma once
/* Money is integer fen, 0 … 2^53 - 1: exact in every JSON reader. */
#include <stdbool.h>
#include <stdint.h>

#include <gongji/base/arena.h>

#define FEN_MAX INT64_C(9007199254740991)
char *money_yuan(struct arena *arena, int64_t amount_fen); /* "380.00"; sign kept */
/* "20", "20.5", "20.00" to fen, digit by digit; no sign, no blanks, at most two decimals, at most FEN_MAX. */
bool money_parse_yuan(const char *text, int64_t *ret_fen);
