#pragma once
/* Names as people write them, made comparable: surrounding blanks stripped, inner runs of blanks one space, full-width Latin to ASCII,
 * the middle dots U+00B7 U+2022 U+30FB U+2027 to U+00B7 (names of minorities), ASCII letters upper-cased. 1–50 code points, no control characters. */
#include <gongji/base/arena.h>

char *person_name_canonical(struct arena *arena, const char *name); /* NULL: not a name */
