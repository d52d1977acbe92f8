/* How failures are told: problem documents, their headers and their language. */
#include "../../../src/http/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct request *rq;

static json_t *problem_of(enum status status)
{
    problem_reply(rq, status);
    return json_keep(rq->arena, json_loadb(rq->reply.bytes.bytes, rq->reply.bytes.length, 0, NULL));
}

static const char *text_at(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const char *reply_header_named(const char *name)
{
    for (size_t i = 0; i < rq->reply.header_count; i++)
        if (strcmp(rq->reply.headers[i].name, name) == 0)
            return rq->reply.headers[i].value;
    return NULL;
}

static void a_problem_has_the_members_of_rfc_9457_and_ours(void **state)
{
    const json_t *problem = problem_of(ST_PERSON_NOT_FOUND);
    (void)state;
    assert_int_equal(rq->reply.http, 404);
    assert_string_equal(rq->reply.content_type, "application/problem+json");
    assert_string_equal(text_at(problem, "type"), "/docs#PERSON_NOT_FOUND");
    assert_string_equal(text_at(problem, "title"), status_title(ST_PERSON_NOT_FOUND, LANG_ZH));
    assert_string_equal(text_at(problem, "detail"), status_help(ST_PERSON_NOT_FOUND, LANG_ZH));
    assert_int_equal(json_integer_value(json_object_get(problem, "status")), 404);
    assert_string_equal(text_at(problem, "instance"), "urn:gongji:request:r-1");
    assert_string_equal(text_at(problem, "code"), "PERSON_NOT_FOUND");
    assert_string_equal(text_at(problem, "request_id"), "r-1");
    assert_string_equal(text_at(problem, "retry"), "never");
    assert_null(json_object_get(problem, "errors"));
    assert_string_equal(reply_header_named("Cache-Control"), "no-store");
}

static void refusals_are_listed_in_order_with_their_extras(void **state)
{
    static const enum status CODES[] = { ST_AREA_NOT_ENABLED, ST_EVIDENCE_REQUIRED, ST_BINDING_EXISTS };
    (void)state;
    assert_int_equal(rq_refuse(rq, CODES, 3,
                               json_pack("{s:{s:s},s:{s:s,s:s}}", "AREA_NOT_ENABLED", "area", "340100",
                                         "BINDING_EXISTS", "area", "0", "status", "x")),
                     ST_AREA_NOT_ENABLED);
    const json_t *problem = problem_of(ST_AREA_NOT_ENABLED), *errors = json_object_get(problem, "errors");
    assert_int_equal(json_array_size(errors), 3);
    assert_string_equal(text_at(json_array_get(errors, 0), "code"), "AREA_NOT_ENABLED");
    assert_string_equal(text_at(json_array_get(errors, 0), "area"), "340100");
    assert_string_equal(text_at(json_array_get(errors, 1), "detail"), status_title(ST_EVIDENCE_REQUIRED, LANG_ZH));
    assert_string_equal(text_at(json_array_get(errors, 2), "area"), "0");
    assert_string_equal(text_at(problem, "area"), "340100");                       /* the first refusal's */
    assert_int_equal(json_integer_value(json_object_get(problem, "status")), 409); /* members of the problem stay */
}

static void faults_are_listed_with_pointers_in_the_callers_language(void **state)
{
    (void)state;
    rq_fault(rq, "/amount_fen", "out_of_range", "must be at least 1");
    const json_t *item = json_array_get(json_object_get(problem_of(ST_VALIDATION_FAILED), "errors"), 0);
    assert_string_equal(text_at(item, "pointer"), "/amount_fen");
    assert_string_equal(text_at(item, "code"), "out_of_range");
    assert_string_equal(text_at(item, "detail"), "长度或大小超出允许的范围");
    rq->language = LANG_EN;
    item = json_array_get(json_object_get(problem_of(ST_VALIDATION_FAILED), "errors"), 0);
    assert_string_equal(text_at(item, "detail"), "must be at least 1");
}

static void headers_set_before_a_refusal_stay(void **state)
{
    (void)state;
    reply_header(rq, "Idempotency-Replayed", "true");
    problem_of(rq_refuse(rq, (enum status[]){ ST_BINDING_EXISTS }, 1, NULL));
    assert_string_equal(reply_header_named("Idempotency-Replayed"), "true");
}

static void failures_of_the_token_carry_a_challenge(void **state)
{
    (void)state;
    problem_of(ST_TOKEN_EXPIRED);
    assert_string_equal(reply_header_named("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
}

static void a_missing_scope_is_named(void **state)
{
    static const struct route ROUTE = { .method = "GET", .path = "/a", .scopes = "audit refund" };
    (void)state;
    rq->match.route = &ROUTE;
    problem_of(ST_SCOPE_MISSING);
    assert_string_equal(reply_header_named("WWW-Authenticate"),
                        "Bearer error=\"insufficient_scope\", scope=\"audit refund\"");
}

static void a_wrong_method_carries_allow(void **state)
{
    (void)state;
    rq->match.allow = "GET, HEAD";
    problem_of(ST_METHOD_NOT_ALLOWED);
    assert_string_equal(reply_header_named("Allow"), "GET, HEAD");
}

static void a_rate_limit_says_its_policy_and_when_to_come_back(void **state)
{
    (void)state;
    rq->limited = (struct limit_rule){ .name = "resolve", .count = 600, .seconds = 60, .burst = 600 };
    rq->limited_s = 3;
    problem_of(ST_RATE_LIMITED);
    assert_string_equal(reply_header_named("Retry-After"), "3");
    assert_string_equal(reply_header_named("RateLimit-Policy"), "\"resolve\";q=600;w=60");
    assert_string_equal(reply_header_named("RateLimit"), "\"resolve\";r=0;t=3");
}

static void overload_says_when_to_come_back(void **state)
{
    (void)state;
    problem_of(ST_OVERLOADED);
    assert_int_equal(rq->reply.http, 503);
    assert_string_equal(reply_header_named("Retry-After"), "1");
    assert_null(reply_header_named("RateLimit"));
}

static void language_is_chinese_unless_english_is_preferred(void **state)
{
    static const struct {
        const char *accept;
        enum language language;
    } CASES[] = {
        { NULL, LANG_ZH },
        { "", LANG_ZH },
        { "en", LANG_EN },
        { "en-US,en;q=0.9", LANG_EN },
        { "EN", LANG_EN },
        { "zh-CN", LANG_ZH },
        { "fr", LANG_ZH },
        { "fr, en;q=0.1", LANG_EN },
        { "zh;q=0.5, en;q=0.8", LANG_EN },
        { "zh;q=0.8, en;q=0.8", LANG_ZH },
        { "en, zh", LANG_EN },
        { "zh, en", LANG_ZH },
        { "en;q=0", LANG_ZH },
        { "en;q=0.3, *", LANG_ZH },
        { "en, *;q=0.5", LANG_EN },
        { "zh-TW;q=0.7,en;q=0.70001", LANG_ZH },
        { "english", LANG_ZH },
        { "en;q=2", LANG_ZH },
        { "en;q=x", LANG_ZH },
        { "en ; q=1.0", LANG_EN },
        { ",,;,en", LANG_EN },
        { "en;level=1", LANG_ZH },
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(language_pick(CASES[i].accept), CASES[i].language);
}

static void request_ids_are_kept_when_well_formed(void **state)
{
    static const struct {
        const char *given;
        bool kept;
    } CASES[] = { { "a", true },     { "A-b_c.9", true }, { "", false },        { "a b", false },
                  { "a\"b", false }, { "a/b", false },    { "\xc3\xa9", false } };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        rq->headers[0] = (struct header){ "request-id", CASES[i].given };
        rq->header_count = 1;
        request_name(rq);
        assert_int_equal(strcmp(rq->id, CASES[i].given) == 0, CASES[i].kept);
        assert_true(CASES[i].kept || strlen(rq->id) == 36);
    }
}

static void limits_let_the_burst_through_and_then_the_rate(void **state)
{
    struct limit *limit = limit_new(rq->arena);
    struct limit_rule rule = { .name = "client", .count = 2, .seconds = 1, .burst = 3 };
    int64_t now_us = 1000000000, wait_s = 0;
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(limit_take(limit, &rule, "a", now_us, &wait_s));
    assert_false(limit_take(limit, &rule, "a", now_us, &wait_s));
    assert_int_equal(wait_s, 1);
    assert_true(limit_take(limit, &rule, "b", now_us, &wait_s)); /* another client has its own */
    assert_true(limit_take(limit, &(struct limit_rule){ "other", 1, 60, 1 }, "a", now_us, &wait_s));
    assert_false(limit_take(limit, &(struct limit_rule){ "other", 1, 60, 1 }, "a", now_us, &wait_s));
    assert_int_equal(wait_s, 60);
    assert_true(limit_take(limit, &rule, "a", now_us + 500000, &wait_s)); /* half a second later one more */
    assert_false(limit_take(limit, &rule, "a", now_us + 500000, &wait_s));
    limit_free(limit);
}

static int set_up(void **state)
{
    (void)state;
    rq = request_new(NULL, "/a");
    memcpy(rq->id, "r-1", 4);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    request_free(rq);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        TEST(a_problem_has_the_members_of_rfc_9457_and_ours),
        TEST(refusals_are_listed_in_order_with_their_extras),
        TEST(faults_are_listed_with_pointers_in_the_callers_language),
        TEST(headers_set_before_a_refusal_stay),
        TEST(failures_of_the_token_carry_a_challenge),
        TEST(a_missing_scope_is_named),
        TEST(a_wrong_method_carries_allow),
        TEST(a_rate_limit_says_its_policy_and_when_to_come_back),
        TEST(overload_says_when_to_come_back),
        TEST(language_is_chinese_unless_english_is_preferred),
        TEST(request_ids_are_kept_when_well_formed),
        TEST(limits_let_the_burst_through_and_then_the_rate),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
