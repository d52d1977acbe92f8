/* Query parameters: decoded once, strictly; every fault told. */
#include "../../../src/http/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct given {
    const char *q, *from, *day;
    int64_t limit;
    bool overdue;
};

static const char *const STATES[] = { "active", "released", NULL };

static enum status read_query(struct request *rq, struct given *ret)
{
    const char *state = NULL;
    return rq_query(rq, (struct query_field[]){ { "q", QUERY_TEXT, &ret->q, .max = 5 },
                                                { "from", QUERY_INSTANT, &ret->from },
                                                { "day", QUERY_DATE, &ret->day },
                                                { "limit", QUERY_INT, &ret->limit, .min = 1, .max = 200 },
                                                { "overdue", QUERY_BOOL, &ret->overdue },
                                                { "state", QUERY_TEXT, &state, .one_of = STATES },
                                                { 0 } });
}

/* The faults as "code pointer code pointer". */
static const char *faults_of(struct request *rq)
{
    struct buf buf = buf_new(rq->arena);
    for (const struct fault *fault = rq->faults.first; fault != NULL; fault = fault->next)
        buf_printf(&buf, "%s%s %s", buf.length == 0 ? "" : " ", fault->code, fault->pointer);
    return buf_text(&buf);
}

static void faults_are_all_told(void **state)
{
    static const struct {
        const char *query, *faults;
    } CASES[] = {
        { "", "" },
        { "q=", "out_of_range ?q" },
        { "q", "out_of_range ?q" },
        { "q=123456", "out_of_range ?q" },
        { "q=%E5%BC%A0%E5%BC%A0%E5%BC%A0%E5%BC%A0%E5%BC%A0", "" },
        { "q=%", "malformed ?q" },
        { "q=%4", "malformed ?q" },
        { "q=%zz", "malformed ?q" },
        { "q=%00", "malformed ?q" },
        { "q=a%0A", "malformed ?q" },
        { "q=%C0%80", "malformed ?q" },
        { "q=%ED%A0%80", "malformed ?q" },
        { "q=%2541", "" },
        { "q=a&q=a", "duplicate_member ?q" },
        { "%71=a&q=a", "duplicate_member ?q" },
        { "w=1", "unknown_member ?w" },
        { "Q=1", "unknown_member ?Q" },
        { "=1", "malformed ?" },
        { "&q=a", "malformed ?" },
        { "q=a&", "malformed ?" },
        { "q=a&&day=2026-01-01", "malformed ?" },
        { "limit=0", "out_of_range ?limit" },
        { "limit=201", "out_of_range ?limit" },
        { "limit=1e2", "wrong_type ?limit" },
        { "limit=+5", "wrong_type ?limit" },
        { "limit=99999999999999999999", "wrong_type ?limit" },
        { "overdue=1", "wrong_type ?overdue" },
        { "state=gone", "not_allowed ?state" },
        { "day=2026-02-29", "bad_format ?day" },
        { "day=2026-2-1", "bad_format ?day" },
        { "day=2026-13-01", "bad_format ?day" },
        { "day=2026-01-01x", "bad_format ?day" },
        { "day=2028-02-29", "" },
        { "limit=x&day=y&w=z", "wrong_type ?limit bad_format ?day unknown_member ?w" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct request *rq = request_new(NULL, "/a");
        struct given given = { 0 };
        rq->query = CASES[i].query;
        enum status status = read_query(rq, &given);
        assert_string_equal(faults_of(rq), CASES[i].faults);
        assert_int_equal(status, *CASES[i].faults == '\0' ? ST_OK : ST_VALIDATION_FAILED);
        request_free(rq);
    }
}

static void values_arrive_decoded(void **state)
{
    struct request *rq = request_new(NULL, "/a?q=a%2B+%25&limit=7&overdue=true&day=2026-01-31");
    struct given given = { .limit = 50 };
    (void)state;
    assert_int_equal(read_query(rq, &given), ST_OK);
    assert_string_equal(given.q, "a+ %");
    assert_int_equal(given.limit, 7);
    assert_true(given.overdue);
    assert_string_equal(given.day, "2026-01-31");
    assert_null(given.from);
    request_free(rq);
}

static void instants_are_mended_and_checked(void **state)
{
    static const struct {
        const char *given, *expected;
    } CASES[] = {
        { "2026-01-31", "2026-01-31T00:00:00+08:00" },
        { "2026-01-31T08:00:00+08:00", "2026-01-31T08:00:00+08:00" }, /* '+' came as it is, and is a blank in a query */
        { "2026-01-31T08:00:00%2B08:00", "2026-01-31T08:00:00+08:00" },
        { "2026-01-31t08:00:00.123456-05:30", "2026-01-31T08:00:00.123456-05:30" },
        { "2026-01-31T00:00:00z", "2026-01-31T00:00:00Z" },
        { "2026-01-31T24:00:00Z", NULL },
        { "2026-01-31T23:60:00Z", NULL },
        { "2026-01-31T23:59:60Z", NULL },
        { "2026-01-31T08:00:00", NULL },
        { "2026-01-31T08:00Z", NULL },
        { "2026-01-31T08:00:00.Z", NULL },
        { "2026-01-31T08:00:00+0800", NULL },
        { "2026-01-31T08:00:00+15:00", NULL },
        { "2026-02-30T08:00:00Z", NULL },
        { "2026-01-31+08:00:00Z", NULL },
        { "2026-01-31T08:00:00Zx", NULL },
        { "0000-01-01", NULL },
        { "now", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct request *rq = request_new(NULL, "/a");
        struct given given = { 0 };
        rq->query = arena_printf(rq->arena, "from=%s", CASES[i].given);
        read_query(rq, &given);
        if (CASES[i].expected == NULL)
            assert_string_equal(faults_of(rq), "bad_format ?from");
        else
            assert_string_equal(given.from, CASES[i].expected);
        request_free(rq);
    }
}

static void a_required_parameter_is_missed(void **state)
{
    struct request *rq = request_new(NULL, "/a");
    const char *kind = NULL;
    (void)state;
    assert_int_equal(rq_query(rq, (struct query_field[]){ { "kind", QUERY_TEXT, &kind, .required = true }, { 0 } }),
                     ST_VALIDATION_FAILED);
    assert_string_equal(faults_of(rq), "missing ?kind");
    request_free(rq);
}

static void a_body_handler_without_parameters_refuses_any(void **state)
{
    struct request *rq = request_new(NULL, "/a?x=1");
    (void)state;
    assert_int_equal(rq_json(rq, (struct field[]){ { 0 } }), ST_VALIDATION_FAILED);
    assert_string_equal(faults_of(rq), "unknown_member ?x");
    request_free(rq);
}

static void an_absent_body_stands_for_an_empty_object(void **state)
{
    struct request *rq = request_new(NULL, "/a");
    const char *name = NULL;
    (void)state;
    assert_int_equal(rq_json(rq, (struct field[]){ { "name", FIELD_TEXT, &name }, { 0 } }), ST_VALIDATION_FAILED);
    assert_string_equal(faults_of(rq), "missing /name");
    request_free(rq);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(faults_are_all_told),
        cmocka_unit_test(values_arrive_decoded),
        cmocka_unit_test(instants_are_mended_and_checked),
        cmocka_unit_test(a_required_parameter_is_missed),
        cmocka_unit_test(a_body_handler_without_parameters_refuses_any),
        cmocka_unit_test(an_absent_body_stands_for_an_empty_object),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
