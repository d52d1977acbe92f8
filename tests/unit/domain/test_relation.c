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

static void S1_09_near_relatives_are_the_eight_of_the_civil_code(void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(S1_09_near_relatives_are_the_eight_of_the_civil_code) };
    return cmocka_run_group_tests_name("domain/relation", tests, NULL, NULL);
}
