/* Near relatives. */
#include <gongji/domain/relation.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gongji/base/str.h>

/* S1-09 */
static void near_relatives_are_the_eight_of_the_civil_code(void **state)
{
    (void)state;
    size_t count = 0;
    while (RELATIONS[count])
        count++;
    assert_int_equal(count, 8);
    assert_true(text_in("spouse", RELATIONS) && text_in("parent", RELATIONS) && text_in("child", RELATIONS));
    assert_true(text_in("sibling", RELATIONS) && text_in("maternal_grandchild", RELATIONS));
    assert_false(text_in("parent_in_law", RELATIONS));
    assert_false(text_in("self", RELATIONS));
}

/* S1-43 */
static void codes_of_GB_T_4761_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *one, *two;
    } CASES[] = {
        { "1", "spouse", NULL },
        { "12", "spouse", NULL },
        { "2", "child", NULL },
        { "37", "child", NULL },
        { "4", "grandchild", "maternal_grandchild" },
        { "42", "grandchild", NULL },
        { "43", "maternal_grandchild", NULL },
        { "5", "parent", NULL },
        { "58", "parent", NULL },
        { "60", "grandparent", "maternal_grandparent" },
        { "62", "grandparent", NULL },
        { "63", "maternal_grandparent", NULL },
        { "7", "sibling", NULL },
        { "73", "sibling", NULL },
        { "maternal_grandchild", "maternal_grandchild", NULL },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const char *read[2] = { "", "" };
        assert_int_equal(relation_read(CASES[i].text, read), KINSHIP_NEAR);
        assert_string_equal(read[0], CASES[i].one);
        assert_true(text_equal(read[1], CASES[i].two));
    }
}

/* P-07 */
static void in_laws_are_no_near_relatives(void **state)
{
    (void)state;
    static const char *const OTHERS[] = { "28", "38", "53", "54", "55", "56", "45",
                                          "72", "78", "0",  "8",  "9",  "97", "99" };
    static const char *const UNKNOWN[] = { "", "200", "2a", " 2", "daughter_in_law", "Child", "-1" };
    const char *read[2];
    for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++)
        assert_int_equal(relation_read(OTHERS[i], read), KINSHIP_OTHER);
    for (size_t i = 0; i < sizeof(UNKNOWN) / sizeof(UNKNOWN[0]); i++)
        assert_int_equal(relation_read(UNKNOWN[i], read), KINSHIP_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_relatives_are_the_eight_of_the_civil_code),
        cmocka_unit_test(codes_of_GB_T_4761_are_read),
        cmocka_unit_test(in_laws_are_no_near_relatives),
    };
    return cmocka_run_group_tests_name("domain/relation", tests, NULL, NULL);
}
