/* Civil dates and instants as callers write them. */
#include <gongji/domain/civil_date.h>

#include <string.h>

#include <gongji/base/clock.h>

enum { DATE_LENGTH = 10, FRACTION_DIGITS_MAX = 9 };

static const int64_t SECOND_US = 1000000, CHINA_SECONDS = 8 * 3600;

bool civil_date_valid(const char *text)
{
    int64_t days;
    return text && strlen(text) == DATE_LENGTH && clock_day_number(text, &days);
}

/* "HH:MM" at *text, moving past it. */
static bool read_hours_minutes(const char **text, int64_t *ret_seconds)
{
    int64_t hours, minutes;
    if (strnlen(*text, 5) < 5 || !clock_digits(*text, 2, &hours) || (*text)[2] != ':' ||
        !clock_digits(*text + 3, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *text += 5;
    *ret_seconds = hours * 3600 + minutes * 60;
    return true;
}

/* ":SS" and an optional fraction at *text. Second 60 is refused: no clock here ever shows one. */
static bool read_seconds(const char **text, int64_t *ret_us)
{
    int64_t seconds, fraction = 0;
    if (strnlen(*text, 3) < 3 || **text != ':' || !clock_digits(*text + 1, 2, &seconds) || seconds > 59)
        return false;
    *text += 3;
    if (**text == '.') {
        size_t digits = strspn(++*text, "0123456789");
        if (digits < 1 || digits > FRACTION_DIGITS_MAX)
            return false;
        for (size_t i = 0; i < 6; i++) /* microseconds; what is finer is cut off */
            fraction = fraction * 10 + (i < digits ? (*text)[i] - '0' : 0);
        *text += digits;
    }
    *ret_us = seconds * SECOND_US + fraction;
    return true;
}

/* "Z" or "+08:00" to the end of the text. A blank stands for '+': what a query's '+' is decoded to. */
static bool read_offset(const char *text, int64_t *ret_seconds)
{
    if ((*text == 'Z' || *text == 'z') && text[1] == '\0')
        return *ret_seconds = 0, true;
    bool west = *text == '-';
    if (!west && *text != '+' && *text != ' ')
        return false;
    int64_t seconds;
    text++;
    if (!read_hours_minutes(&text, &seconds) || *text)
        return false;
    *ret_seconds = west ? -seconds : seconds;
    return true;
}

bool civil_instant(const char *text, int64_t *ret_us)
{
    int64_t days, seconds = 0, us = 0, offset = CHINA_SECONDS;
    if (!text || strnlen(text, DATE_LENGTH) < DATE_LENGTH || !clock_day_number(text, &days))
        return false;
    text += DATE_LENGTH;
    if (*text) {
        if (*text != 'T' && *text != 't')
            return false;
        text++;
        if (!read_hours_minutes(&text, &seconds) || !read_seconds(&text, &us) || !read_offset(text, &offset))
            return false;
    }
    *ret_us = (days * 86400 + seconds - offset) * SECOND_US + us;
    return true;
}

void civil_date_of(int64_t at_us, char ret_date[static 11])
{
    char text[33];
    clock_rfc3339(at_us, text);
    memcpy(ret_date, text, DATE_LENGTH);
    ret_date[DATE_LENGTH] = '\0';
}
