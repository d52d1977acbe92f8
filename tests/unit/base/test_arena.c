/* Memory of a request. */
#include <gongji/base/arena.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char order[8];
static size_t order_length;

static void note(void *thing)
{
    order[order_length++] = *(const char *)thing;
}

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    for (size_t size = 0; size < 20000; size = size * 3 + 1) {
        unsigned char *memory = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xA5, size);
    }
}

static void small_and_large_pieces_do_not_overlap(void **state)
{
    (void)state;
    enum { PIECES = 2000 };
    static char *pieces[PIECES];
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    for (int i = 0; i < PIECES; i++)
        pieces[i] = arena_printf(arena, "%0*d", i % 50 == 0 ? 5000 : i % 40 + 1, i);
    for (int i = 0; i < PIECES; i++)
        assert_int_equal(atol(pieces[i]), i);
}

static void text_is_copied_with_its_end(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    assert_null(arena_strdup(arena, NULL));
    assert_string_equal(arena_strdup(arena, ""), "");
    assert_string_equal(arena_strdup(arena, "家庭"), "家庭");
    assert_string_equal(arena_strndup(arena, "binding", 4), "bind");
    assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 3);
}

static void what_is_deferred_last_runs_first(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static char a = 'a', b = 'b', c = 'c';
    order_length = 0;
    arena_defer(arena, note, &a);
    arena_defer(arena, note, &b);
    arena_defer(arena, note, &c);
    arena_free(arena);
    assert_memory_equal(order, "cba", 3);
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned), cmocka_unit_test(small_and_large_pieces_do_not_overlap),
        cmocka_unit_test(text_is_copied_with_its_end),  cmocka_unit_test(what_is_deferred_last_runs_first),
        cmocka_unit_test(freeing_nothing_is_fine),
    };
    return cmocka_run_group_tests_name("base/arena", tests, NULL, NULL);
}
