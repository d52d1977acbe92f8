/* Near relatives. */
#include <gongji/domain/relation.h>

#include <stddef.h>

const char *const RELATIONS[] = {
    "spouse", "parent", "child", "sibling", "grandparent", "maternal_grandparent", "grandchild", "maternal_grandchild",
    NULL,
};
