/* The clock, and the proleptic Gregorian calendar it is told in: no libc time zones, whose state is shared and settable. */
#include <gongji/base/clock.h>

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 }; /* 400 years; 0000-03-01 to 1970-01-01 */
static const int64_t DAY_US = INT64_C(86400000000), CHINA_US = INT64_C(8) * 3600 * 1000000;
static const int64_t YEAR_10000_US = INT64_C(253402300800000000), YEAR_0_US = INT64_C(-62167219200000000);

static atomic_int_fast64_t offset;

static int64_t read_clock_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    return read_clock_us(CLOCK_REALTIME) + offset;
}

int64_t clock_mono_us(void)
{
    return read_clock_us(CLOCK_MONOTONIC);
}

void clock_set_offset_us(int64_t offset_us)
{
    offset = offset_us;
}

int64_t clock_offset_us(void)
{
    return offset;
}

/* Years start on 1 March here, so that the leap day is a year's last and month lengths need no table
 * (Howard Hinnant, days_from_civil). */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, year_of_era = year % 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - DAYS_TO_1970;
}

static void civil_from_days(int64_t days, int64_t *ret_year, int64_t *ret_month, int64_t *ret_day)
{
    days += DAYS_TO_1970;
    int64_t era = (days >= 0 ? days : days - DAYS_PER_ERA + 1) / DAYS_PER_ERA, day_of_era = days - era * DAYS_PER_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * month + 2) / 5 + 1;
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

static int days_in_month(int64_t year, int64_t month)
{
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

bool clock_digits(const char *text, size_t count, int64_t *ret)
{
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret = value;
    return true;
}

bool clock_day_number(const char *text, int64_t *ret_days)
{
    int64_t year, month, day;
    if (!clock_digits(text, 4, &year) || text[4] != '-' || !clock_digits(text + 5, 2, &month) || text[7] != '-' ||
        !clock_digits(text + 8, 2, &day))
        return false;
    if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *ret_days = days_from_civil(year, month, day);
    return true;
}

static char *put(char *at, int64_t value, int width, char end)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    at[width] = end;
    return at + width + 1;
}

void clock_rfc3339(int64_t at_us, char ret_text[static 33])
{
    if (at_us < YEAR_0_US) /* RFC 3339 has years of four digits */
        at_us = YEAR_0_US;
    int64_t local = at_us + CHINA_US < YEAR_10000_US ? at_us + CHINA_US : YEAR_10000_US - 1;
    int64_t days = (local >= 0 ? local : local - DAY_US + 1) / DAY_US, us = local - days * DAY_US, year, month, day;
    civil_from_days(days, &year, &month, &day);
    char *at = put(ret_text, year, 4, '-');
    at = put(at, month, 2, '-');
    at = put(at, day, 2, 'T');
    at = put(at, us / 3600000000, 2, ':');
    at = put(at, us / 60000000 % 60, 2, ':');
    at = put(at, us / 1000000 % 60, 2, '.');
    at = put(at, us % 1000000, 6, '+');
    at = put(at, 8, 2, ':');
    put(at, 0, 2, '\0');
}
