#pragma once
/* UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, 12 of their fraction, then 62 random ones;
 * lower-case text. Business time, so that ids sort with it. */
#include <stdbool.h>

void id_new(char ret_text[static 37]);
bool id_valid(const char *text); /* 36 characters, lower-case hex and dashes in the UUID shape */
/* "bnd_" + uuid -> pointer to the uuid part, or NULL when prefix or shape is wrong. */
const char *id_strip(const char *prefix, const char *text);
