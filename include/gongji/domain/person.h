#pragma once
/* The closed sets a person record is made of, as NULL-terminated lists. */
extern const char *const SCHEMES[];          /* employee (310) resident (390) */
extern const char *const INSURED_STATUSES[]; /* normal paused terminated not_insured deceased */
extern const char *const PERSON_CLASSES
    []; /* general student newborn migrant_worker extreme_hardship subsistence_allowance relapse_monitored severe_disability */
#include <stdbool.h>
bool person_no_valid(const char *text); /* 1–32 of [A-Za-z0-9_-] */
