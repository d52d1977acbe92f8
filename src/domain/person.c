/* The closed sets of a person record. */
#include <gongji/domain/person.h>

#include <stddef.h>
#include <string.h>

const char *const SCHEMES[] = { "employee", "resident", NULL }; /* insutype 310, 390 */
const char *const INSURED_STATUSES[] = { "normal", "paused", "terminated", "not_insured", "deceased", NULL };
const char *const PERSON_CLASSES[] = {
    "general",           "student",           "newborn", "migrant_worker", "extreme_hardship", "subsistence_allowance",
    "relapse_monitored", "severe_disability", NULL,
};

bool person_no_valid(const char *text)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = text ? strspn(text, LETTERS) : 0;
    return length >= 1 && length <= 32 && text[length] == '\0';
}
