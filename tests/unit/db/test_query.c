/* What goes to PostgreSQL as text, what comes back as text, and the table of queries. */
#include "../../../src/db/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static void array_members_are_quoted_so_that_they_mean_only_themselves(void **state)
{
    const struct {
        const char *texts[3];
        size_t count;
        const char *literal;
    } cases[] = {
        { { 0 }, 0, "{}" },
        { { "a" }, 1, "{\"a\"}" },
        { { "a", "b" }, 2, "{\"a\",\"b\"}" },
        { { "" }, 1, "{\"\"}" },
        { { NULL, "NULL" }, 2, "{NULL,\"NULL\"}" },
        { { "a,b", "{c}", " d " }, 3, "{\"a,b\",\"{c}\",\" d \"}" },
        { { "say \"hi\"", "back\\slash" }, 2, "{\"say \\\"hi\\\"\",\"back\\\\slash\"}" },
        { { "{\"areas\": [\"340500\"]}" }, 1, "{\"{\\\"areas\\\": [\\\"340500\\\"]}\"}" },
        { { "张三\n李四" }, 1, "{\"张三\n李四\"}" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_string_equal(cases[i].literal, db_array(*state, cases[i].texts, cases[i].count));
}

static void json_arrays_of_strings_and_integers_become_array_literals(void **state)
{
    json_t *mixed = json_pack("[s, i, I]", "bnd_1", 7, (json_int_t)9007199254740991), *empty = json_array(),
           *null = json_null();
    assert_string_equal("{\"bnd_1\",\"7\",\"9007199254740991\"}", db_array_of(*state, mixed));
    assert_string_equal("{}", db_array_of(*state, empty));
    assert_null(db_array_of(*state, null));
    assert_null(db_array_of(*state, NULL));
    json_decref(mixed);
    json_decref(empty);
}

static void numbers_and_truth_values_are_written_as_postgresql_reads_them(void **state)
{
    assert_string_equal("-9223372036854775808", db_int(*state, INT64_MIN));
    assert_string_equal("30000", db_int(*state, 30000));
    assert_string_equal("true", db_bool(true));
    assert_string_equal("false", db_bool(false));
}

static void an_outcome_keeps_the_order_of_its_codes(void **state)
{
    struct answer answer = { "BINDING_EXISTS", "{BINDING_EXISTS,SELF_BINDING}",
                             "{\"AREA_NOT_ENABLED\": {\"area\": \"340100\"}}", true };
    struct outcome outcome;
    assert_int_equal(ST_OK, answer_read(&answer, "test", &(struct db_call){ .arena = *state }, &outcome));
    assert_int_equal(ST_BINDING_EXISTS, outcome.code);
    assert_int_equal(2, outcome.code_count);
    assert_int_equal(ST_BINDING_EXISTS, outcome.codes[0]);
    assert_int_equal(ST_SELF_BINDING, outcome.codes[1]);
    assert_true(json_is_object(outcome.result));
    assert_true(outcome.replayed);
}

static void no_codes_and_no_result_are_fine_on_success(void **state)
{
    const char *none[] = { NULL, "{}" };
    for (size_t i = 0; i < 2; i++) {
        struct answer answer = { "CREATED", none[i], NULL, false };
        struct outcome outcome;
        assert_int_equal(ST_OK, answer_read(&answer, "test", &(struct db_call){ .arena = *state }, &outcome));
        assert_int_equal(ST_CREATED, outcome.code);
        assert_int_equal(0, outcome.code_count);
        assert_null(outcome.result);
    }
}

static void what_is_passed_on_is_compact_and_unread(void **state)
{
    static const char TEXT[] = "{\"a, \\\" : b\": [1, {\"c\": \"\\\\\"}, \"\"]}";
    struct db_call call = { .arena = *state, .passed_on = true };
    struct outcome outcome;
    assert_int_equal(ST_OK, answer_read(&(struct answer){ "OK", NULL, TEXT, false }, "test", &call, &outcome));
    assert_null(outcome.result);
    assert_string_equal("{\"a, \\\" : b\":[1,{\"c\":\"\\\\\"},\"\"]}", outcome.text);
    assert_int_equal(ST_OK,
                     answer_read(&(struct answer){ "PERSON_NOT_FOUND", NULL, "{}", false }, "test", &call, &outcome));
    assert_non_null(outcome.result);
    assert_null(outcome.text);
}

static void an_answer_that_makes_no_sense_is_an_internal_error(void **state)
{
    const struct answer cases[] = {
        { NULL, NULL, NULL, false },
        { "NO_SUCH_CODE", NULL, NULL, false },
        { "OK", "{NO_SUCH_CODE}", NULL, false },
        { "OK", "NO_ARRAY", NULL, false },
        { "OK", NULL, "{", false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct outcome outcome = { .code = ST_COUNT };
        assert_int_equal(ST_INTERNAL_ERROR,
                         answer_read(&cases[i], "test", &(struct db_call){ .arena = *state }, &outcome));
        assert_int_equal(ST_COUNT, outcome.code); /* untouched */
    }
}

static void every_query_has_text_and_as_many_parameters_as_it_says(void **state)
{
    (void)state;
    for (int i = 0; i < QUERY_COUNT; i++) {
        const struct query_text *query = &QUERIES[i];
        char last[16], beyond[16];
        snprintf(last, sizeof(last), "$%zu", query->count);
        snprintf(beyond, sizeof(beyond), "$%zu", query->count + 1);
        assert_true(query->name && query->sql && *query->sql);
        assert_true(query->count == 0 || strstr(query->sql, last));
        assert_null(strstr(query->sql, beyond));
        assert_true(!query->set || query->context);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(array_members_are_quoted_so_that_they_mean_only_themselves),
        cmocka_unit_test(json_arrays_of_strings_and_integers_become_array_literals),
        cmocka_unit_test(numbers_and_truth_values_are_written_as_postgresql_reads_them),
        cmocka_unit_test(an_outcome_keeps_the_order_of_its_codes),
        cmocka_unit_test(no_codes_and_no_result_are_fine_on_success),
        cmocka_unit_test(what_is_passed_on_is_compact_and_unread),
        cmocka_unit_test(an_answer_that_makes_no_sense_is_an_internal_error),
        cmocka_unit_test(every_query_has_text_and_as_many_parameters_as_it_says),
    };
    return cmocka_run_group_tests_name("db/query", tests, setup, teardown);
}
