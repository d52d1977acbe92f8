#pragma once
/* The only clock of the program. Business time may be moved in development (GONGJI_CLOCK_NOW); it keeps running from there.
 * SQL has its twin, gongji.now_cn(), which honours the same offset. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t clock_now_us(void);                  /* business time: microseconds since 1970-01-01T00:00:00Z */
int64_t clock_mono_us(void);                 /* for deadlines; never moves back */
void clock_set_offset_us(int64_t offset_us); /* once, at start */
int64_t clock_offset_us(void);               /* business time minus real time; 0 in production */
void clock_rfc3339(
    int64_t at_us,
    char ret_text
        [static 33]); /* "2026-01-31T08:00:00.000000+08:00": China Standard Time has no summer time since 1991 */
/* "YYYY-MM-DD…" -> days since 1970-01-01; only the first ten characters are read. False: no real day of the years 1900–2999. */
bool clock_day_number(const char *text, int64_t *ret_days);
bool clock_digits(const char *text, size_t count,
                  int64_t *ret); /* the number of the first `count` (≤ 18) characters; false: not all digits */
