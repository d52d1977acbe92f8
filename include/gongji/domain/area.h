#pragma once
/* Administrative division codes, GB/T 2260: six digits; whether one is a pooling area is data (sql: pooling_area). */
#include <stdbool.h>

bool area_code_valid(const char *text); /* six digits, first not zero, or 000000 (the nation) */
