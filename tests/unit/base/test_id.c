/* UUID version 7 identifiers. */
#include <gongji/base/id.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gongji/base/clock.h>

enum { MANY = 20000, LENGTH = 37 };

static int order(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void ids_have_the_shape_of_rfc_9562(void **state)
{
    (void)state;
    char id[LENGTH];
    id_new(id);
    assert_true(id_valid(id));
    assert_int_equal(id[14], '7');
    assert_non_null(strchr("89ab", id[19]));
}

static void ids_never_collide(void **state)
{
    (void)state;
    char(*ids)[LENGTH] = malloc(MANY * sizeof(*ids));
    for (size_t i = 0; i < MANY; i++)
        id_new(ids[i]);
    qsort(ids, MANY, sizeof(*ids), order);
    for (size_t i = 1; i < MANY; i++)
        assert_string_not_equal(ids[i - 1], ids[i]);
    free(ids);
}

static void ids_sort_by_business_time(void **state)
{
    (void)state;
    char now[LENGTH], later[LENGTH];
    id_new(now);
    clock_set_offset_us(1000);
    id_new(later);
    assert_true(strcmp(now, later) < 0);
    clock_set_offset_us(-clock_now_us() + 1000);
    id_new(later);
    clock_set_offset_us(0);
    assert_memory_equal(later, "00000000-00", 11);
}

static void other_shapes_are_no_ids(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "",
        "0192f0c1-2345-7abc-8def-0123456789a",
        "0192f0c1-2345-7abc-8def-0123456789abc",
        "0192F0C1-2345-7ABC-8DEF-0123456789AB",
        "0192f0c1 2345-7abc-8def-0123456789ab",
        "0192f0c1-2345-7abc-8def-0123456789ag",
        "0192f0c1-2345-7abc-8def-01234567-9ab",
        "0192f0c1023450abc08def00123456789abc",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (id_valid(BAD[i]))
            fail_msg("took %s", BAD[i]);
    assert_false(id_valid(NULL));
}

static void a_prefix_is_stripped_only_when_it_is_the_right_one(void **state)
{
    (void)state;
    const char *id = "bnd_0192f0c1-2345-7abc-8def-0123456789ab";
    assert_ptr_equal(id_strip("bnd_", id), id + 4);
    assert_null(id_strip("pay_", id));
    assert_null(id_strip("bnd_", "bnd_1"));
    assert_null(id_strip("bnd_", "b"));
    assert_null(id_strip("bnd_", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_have_the_shape_of_rfc_9562),
        cmocka_unit_test(ids_never_collide),
        cmocka_unit_test(ids_sort_by_business_time),
        cmocka_unit_test(other_shapes_are_no_ids),
        cmocka_unit_test(a_prefix_is_stripped_only_when_it_is_the_right_one),
    };
    return cmocka_run_group_tests_name("base/id", tests, NULL, NULL);
}
