/* Near relatives. */
#include <gongji/domain/relation.h>

#include <stddef.h>
#include <string.h>

const char *const RELATIONS[] = {
    "spouse", "parent", "child", "sibling", "grandparent", "maternal_grandparent", "grandchild", "maternal_grandchild",
    NULL,
};

/* GB/T 4761-2008, the one-digit codes first. Left out are the in-laws among children (28 38), grandchildren (45 46), parents (53 to 56)
 * and siblings (72 74 76 78). Partners have tables of their own beside it (some say 9 for a daughter-in-law): they map before they send. */
static const struct {
    const char *codes, *relations[2];
} CODES[] = {
    { " 1 10 11 12 ", { "spouse" } },
    { " 2 20 21 22 23 24 25 26 27 29 ", { "child" } },
    { " 3 30 31 32 33 34 35 36 37 39 ", { "child" } },
    { " 4 40 ", { "grandchild", "maternal_grandchild" } },
    { " 41 42 ", { "grandchild" } },
    { " 43 44 ", { "maternal_grandchild" } },
    { " 5 50 51 52 57 58 ", { "parent" } },
    { " 6 60 ", { "grandparent", "maternal_grandparent" } },
    { " 61 62 ", { "grandparent" } },
    { " 63 64 ", { "maternal_grandparent" } },
    { " 7 70 71 73 75 77 79 ", { "sibling" } },
};

static enum kinship code_read(const char *digits, size_t length, const char *ret[static 2])
{
    char word[] = { ' ', digits[0], length == 2 ? digits[1] : ' ', length == 2 ? ' ' : '\0', '\0' };
    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++)
        if (strstr(CODES[i].codes, word)) {
            memcpy(ret, CODES[i].relations, sizeof(CODES[i].relations));
            return KINSHIP_NEAR;
        }
    return KINSHIP_OTHER;
}

enum kinship relation_read(const char *text, const char *ret[static 2])
{
    size_t length = strlen(text);
    if ((length == 1 || length == 2) && strspn(text, "0123456789") == length)
        return code_read(text, length, ret);
    for (size_t i = 0; RELATIONS[i]; i++)
        if (strcmp(RELATIONS[i], text) == 0) {
            ret[0] = RELATIONS[i];
            ret[1] = NULL;
            return KINSHIP_NEAR;
        }
    return KINSHIP_UNKNOWN;
}
