#pragma once
/* Masks shown to callers. Name: two characters -> first + '*'; longer -> first + '*'s + last; one -> '*'.
 * ID number: first 3 + 13 '*' + last 2. */
#include <gongji/base/arena.h>

char *mask_name(struct arena *arena, const char *name);
char *mask_id_number(struct arena *arena, const char *id_number);
