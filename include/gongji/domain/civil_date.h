#pragma once
/* Civil dates and instants. Business dates are dates in Asia/Shanghai (UTC+8, no summer time). */
#include <stdbool.h>
#include <stdint.h>

bool civil_date_valid(const char *text); /* "YYYY-MM-DD", years 1900–2999, a real day */
/* RFC 3339 instant with any offset ("2026-09-05T00:00:00+08:00", "…Z", fraction up to 9 digits, 't'/'z' allowed), and in a query: a blank
 * before the offset reads as '+', a bare date is 00:00 +08:00. */
bool civil_instant(const char *text, int64_t *ret_us);
void civil_date_of(int64_t at_us, char ret_date[static 11]); /* the date in Asia/Shanghai */
