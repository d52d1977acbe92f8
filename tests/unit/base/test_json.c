/* Strict JSON, tables of fields, fingerprints. */
#include <gongji/base/json.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static json_t *parse(const char *text)
{
    struct faults faults = { .arena = arena };
    json_t *value = json_read(&faults, str_of(text));
    if (!value)
        fail_msg("refused: %s", text);
    return value;
}

/* "pointer code;" for each fault, in order. */
static const char *told(const struct faults *faults)
{
    struct buf buf = buf_new(arena);
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        buf_printf(&buf, "%s %s;", fault->pointer, fault->code);
    return buf_text(&buf);
}

static const char *nested(int depth)
{
    struct buf buf = buf_new(arena);
    for (int i = 0; i < depth; i++)
        buf_append_char(&buf, '[');
    for (int i = 0; i < depth; i++)
        buf_append_char(&buf, ']');
    return buf_text(&buf);
}

static void bad_json_is_refused_with_one_fault(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *fault;
    } CASES[] = {
        { STR(""), " malformed;" },
        { STR(" "), " malformed;" },
        { STR("null"), " malformed;" },
        { STR("1"), " malformed;" },
        { STR("\"a\""), " malformed;" },
        { STR("{"), " malformed;" },
        { STR("{]"), " malformed;" },
        { STR("]"), " malformed;" },
        { STR("}}}}"), " malformed;" },
        { STR("{\"a\":1,}"), " malformed;" },
        { STR("{\"a\":1\0}"), " malformed;" },
        { STR("[1,]"), " malformed;" },
        { STR("{a:1}"), " malformed;" },
        { STR("{'a':1}"), " malformed;" },
        { STR("{\"a\" 1}"), " malformed;" },
        { STR("{\"a\":01}"), " malformed;" },
        { STR("{\"a\":+1}"), " malformed;" },
        { STR("{\"a\":.5}"), " malformed;" },
        { STR("{\"a\":NaN}"), " malformed;" },
        { STR("{\"a\":Infinity}"), " malformed;" },
        { STR("{\"a\":True}"), " malformed;" },
        { STR("{\"a\":1} x"), " malformed;" },
        { STR("{\"a\":1}{\"a\":1}"), " malformed;" },
        { STR("{\"a\":1}\0"), " malformed;" },
        { STR("{\"a\":\"\0\"}"), " malformed;" },
        { STR("{\"a\":\"\\u0000\"}"), " malformed;" },
        { STR("{\"a\":\"\\ud800\"}"), " malformed;" },
        { STR("{\"a\":\"\\x41\"}"), " malformed;" },
        { STR("{\"a\":\"\n\"}"), " malformed;" },
        { STR("{\"a\":\"\xC0\xAF\"}"), " malformed;" },
        { STR("{\"a\":\"\xED\xA0\x80\"}"), " malformed;" },
        { STR("{\"a\":\"x"), " malformed;" },
        { STR("{\"a\":\"x\\"), " malformed;" },
        { STR("// comment\n{}"), " malformed;" },
        { STR("\xEF\xBB\xBF{}"), " malformed;" },
        { STR("\xFF\xFE{\0}\0"), " malformed;" },
        { STR("{\"a\":1,\"a\":2"), " malformed;" },
        { STR("{\"a\":1,\"a\":2}"), "/a duplicate_member;" },
        { STR("{\"a\":1,\"\\u0061\":2}"), "/a duplicate_member;" },
        { STR("{\"b\":[{},{\"x/y\":{\"k~\":1,\"z\":[],\"k~\":1}}]}"), "/b/1/x~1y/k~0 duplicate_member;" },
        { STR("{\"a\":1,\"b\":{\"c\":1,\"c\":1},\"a\":\"}\",\"d\":[\"a\",\"a\"],\"a\":3}"),
          "/b/c duplicate_member;/a duplicate_member;/a duplicate_member;" },
        { STR("{\"a\":0,\"m\":[1,9223372036854775808]}"), "/m/1 out_of_range;" },
        { STR("{\"m\":-9223372036854775809}"), "/m out_of_range;" },
        { STR("{\"m\":1e999}"), "/m out_of_range;" },
        { STR("{\"m\":1,\"m\":9223372036854775808}"), "/m out_of_range;" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct faults faults = { .arena = arena };
        if (json_read(&faults, CASES[i].text))
            fail_msg("took %s", CASES[i].text.bytes);
        if (strcmp(told(&faults), CASES[i].fault) != 0)
            fail_msg("%s gave '%s'", CASES[i].text.bytes, told(&faults));
    }
}

static void nesting_is_bounded_before_it_costs_stack(void **state)
{
    (void)state;
    struct faults faults = { .arena = arena };
    assert_non_null(json_read(&faults, str_of(nested(JSON_DEPTH_MAX))));
    assert_null(json_read(&faults, str_of(nested(JSON_DEPTH_MAX + 1))));
    assert_null(json_read(&faults, str_of(nested(100000))));
    assert_string_equal(told(&faults), " malformed; malformed;");
    assert_non_null(parse("{\"a\":\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"}")); /* brackets in a string are text */
}

/* A body in an error or a log line would tell names and ID numbers. */
static void a_fault_does_not_repeat_the_body(void **state)
{
    (void)state;
    struct faults faults = { .arena = arena };
    assert_null(json_read(&faults, STR("{\"id_number\": 11010519491231002X}")));
    assert_null(strstr(faults.first->detail, "110105"));
}

static void duplicates_and_other_faults_are_reported_together(void **state)
{
    (void)state;
    struct faults faults = { .arena = arena };
    int64_t amount = -1;
    struct field fields[] = { { "amount_fen", FIELD_INT, &amount, .min = 1 }, { 0 } };
    json_t *body = json_read_all(&faults, STR("{\"amount_fen\":1,\"amount_fen\":0,\"x\":true}"));
    assert_non_null(body);
    assert_false(json_fields(&faults, body, fields));
    assert_string_equal(told(&faults), "/amount_fen duplicate_member;/amount_fen out_of_range;/x unknown_member;");
}

struct inputs {
    const char *relation, *reason, *day;
    int64_t amount_fen;
    bool accepted, has_reason;
    json_t *ids, *years, *extra;
    const char *name;
};

static bool no_blank(const char *text)
{
    return !strchr(text, ' ');
}

static bool read_inputs(struct faults *faults, struct inputs *in, const char *text)
{
    static const char *const RELATIONS[] = { "child", "parent", NULL };
    const struct field person[] = { { "name", FIELD_TEXT, &in->name, .min = 1, .max = 4 }, { 0 } };
    const struct field fields[] = {
        { "relation", FIELD_TEXT, &in->relation, .one_of = RELATIONS },
        { "amount_fen", FIELD_INT, &in->amount_fen, .min = 1, .max = 1000 },
        { "accepted", FIELD_BOOL, &in->accepted, .optional = true },
        { "reason", FIELD_TEXT, &in->reason, .optional = true, .max = 5, .check = no_blank,
          .ret_present = &in->has_reason },
        { "day", FIELD_DATE, &in->day, .optional = true },
        { "ids", FIELD_TEXTS, &in->ids, .optional = true, .min = 1, .max = 3, .check = no_blank },
        { "years", FIELD_INTS, &in->years, .optional = true },
        { "person", FIELD_OBJECT, .members = person, .optional = true },
        { "extra", FIELD_JSON, &in->extra, .optional = true },
        { 0 },
    };
    return json_fields(faults, parse(text), fields);
}

static void a_good_body_fills_every_field(void **state)
{
    (void)state;
    struct faults faults = { .arena = arena };
    struct inputs in = { 0 };
    assert_true(read_inputs(
        &faults, &in,
        "{\"relation\":\"child\",\"amount_fen\":1000,\"accepted\":true,\"reason\":\"家庭成员五\","
        "\"day\":\"2024-02-29\",\"ids\":[\"a\"],\"years\":[2025,-1],\"person\":{\"name\":\"王\"},\"extra\":[]}"));
    assert_string_equal(in.relation, "child");
    assert_int_equal(in.amount_fen, 1000);
    assert_true(in.accepted && in.has_reason);
    assert_string_equal(in.reason, "家庭成员五");
    assert_string_equal(in.day, "2024-02-29");
    assert_int_equal(json_array_size(in.ids), 1);
    assert_int_equal(json_array_size(in.years), 2);
    assert_string_equal(in.name, "王");
    assert_true(json_is_array(in.extra));
}

static void absent_and_null_optional_fields_stay_untouched(void **state)
{
    (void)state;
    struct faults faults = { .arena = arena };
    struct inputs in = { .reason = "before" };
    assert_true(read_inputs(&faults, &in, "{\"relation\":\"child\",\"amount_fen\":1,\"reason\":null,\"extra\":null}"));
    assert_string_equal(in.reason, "before");
    assert_false(in.has_reason);
    assert_null(in.extra);
}

static void every_fault_of_a_body_is_reported(void **state)
{
    (void)state;
    static const struct {
        const char *text, *faults;
    } CASES[] = {
        { "{}", "/relation missing;/amount_fen missing;" },
        { "[]", " wrong_type;" },
        { "{\"relation\":null,\"amount_fen\":\"1\",\"x/y\":1,\"~\":2}",
          "/relation wrong_type;/amount_fen wrong_type;/x~1y unknown_member;/~0 unknown_member;" },
        { "{\"relation\":\"cousin\",\"amount_fen\":1.0}", "/relation not_allowed;/amount_fen wrong_type;" },
        { "{\"relation\":\"child\",\"amount_fen\":1e3}", "/amount_fen wrong_type;" },
        { "{\"relation\":\"child\",\"amount_fen\":true}", "/amount_fen wrong_type;" },
        { "{\"relation\":\"child\",\"amount_fen\":0}", "/amount_fen out_of_range;" },
        { "{\"relation\":\"child\",\"amount_fen\":1001}", "/amount_fen out_of_range;" },
        { "{\"relation\":\"child\",\"amount_fen\":9223372036854775807}", "/amount_fen out_of_range;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"reason\":\"家庭成员六个\"}", "/reason out_of_range;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"reason\":\"a b\"}", "/reason bad_format;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"day\":\"2023-02-29\"}", "/day bad_format;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"day\":\"2023-02-28T\"}", "/day bad_format;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"day\":\"\"}", "/day bad_format;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"accepted\":1,\"ids\":[]}",
          "/accepted wrong_type;/ids out_of_range;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"ids\":[\"a\",1,\"\",\"b c\"]}",
          "/ids out_of_range;/ids/1 wrong_type;/ids/2 out_of_range;/ids/3 bad_format;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"ids\":{},\"years\":[1.5]}",
          "/ids wrong_type;/years/0 wrong_type;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"person\":{\"nick\":1}}",
          "/person/name missing;/person/nick unknown_member;" },
        { "{\"relation\":\"child\",\"amount_fen\":1,\"person\":[]}", "/person wrong_type;" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct faults faults = { .arena = arena };
        struct inputs in = { 0 };
        assert_false(read_inputs(&faults, &in, CASES[i].text));
        if (strcmp(told(&faults), CASES[i].faults) != 0)
            fail_msg("%s gave '%s'", CASES[i].text, told(&faults));
    }
}

static void integers_default_to_what_json_readers_keep_exact(void **state)
{
    (void)state;
    int64_t amount = 0;
    const struct field fields[] = { { "a", FIELD_INT, &amount, .min = 0 }, { 0 } };
    struct faults faults = { .arena = arena };
    assert_true(json_fields(&faults, parse("{\"a\":9007199254740991}"), fields));
    assert_true(amount == 9007199254740991);
    assert_false(json_fields(&faults, parse("{\"a\":9007199254740992}"), fields));
    assert_false(json_fields(&faults, parse("{\"a\":-1}"), fields));
}

static void a_hostile_body_gets_no_endless_answer(void **state)
{
    (void)state;
    struct buf text = buf_new(arena);
    const struct field fields[] = { { 0 } };
    struct faults faults = { .arena = arena };
    for (int i = 0; i < 500; i++)
        buf_printf(&text, "%s\"m%d\":0", i ? "," : "{", i);
    buf_append_char(&text, '}');
    assert_false(json_fields(&faults, parse(buf_text(&text)), fields));
    int listed = 0;
    for (const struct fault *fault = faults.first; fault; fault = fault->next)
        listed++;
    assert_int_equal(listed, 100);
    assert_int_equal(faults.count, 500);
}

static const char *fingerprint(const char *text)
{
    return json_fingerprint(arena, "s", parse(text));
}

static void a_fingerprint_names_each_leaf_in_order(void **state)
{
    (void)state;
    /* sha256 of "s\n" before '1', '"x"' and '[]', the first 16 digits */
    assert_string_equal(fingerprint("{\"b\":{\"n/m\":\"x\"},\"a\":[1],\"c\":[]}"),
                        "/a/0\tc232da6a00752fe9\n/b/n~1m\td1a16343bff6011f\n/c\tbd8b56ed4bdc7132\n");
}

static void equal_bodies_have_equal_fingerprints_and_others_not(void **state)
{
    (void)state;
    assert_string_equal(fingerprint("{\"a\":1,\"b\":\"\\u738b\"}"), fingerprint(" { \"b\" : \"王\" , \"a\" : 1 } "));
    static const char *const DIFFERENT[] = { "{\"a\":1}",        "{\"a\":\"1\"}", "{\"a\":true}", "{\"a\":null}",
                                             "{\"a\":[]}",       "{\"a\":{}}",    "{\"a\":[1]}",  "{\"a\":1.0}",
                                             "{\"a\":\"\"}",     "{\"b\":1}",     "{}",           "[]",
                                             "{\"a\":1,\"b\":1}" };
    assert_string_not_equal(fingerprint("[1]"), json_fingerprint(arena, "another salt", parse("[1]")));
    for (size_t i = 0; i < sizeof(DIFFERENT) / sizeof(DIFFERENT[0]); i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(fingerprint(DIFFERENT[i]), fingerprint(DIFFERENT[j]));
}

static void text_is_compact_and_keeps_the_order(void **state)
{
    (void)state;
    assert_string_equal(json_text(arena, parse(" {\"z\": \"王\", \"a\": [1, null]} ")),
                        "{\"z\":\"王\",\"a\":[1,null]}");
    assert_string_equal(json_text(arena, json_null()), "null");
    assert_null(json_keep(arena, NULL));
}

/* Fingerprints are stored and compared for years: their text may never change. */
static void text_is_what_jansson_would_write(void **state)
{
    (void)state;
    char bytes[260] = "";
    for (int c = 1; c < 128; c++)
        bytes[c - 1] = (char)c;
    strcat(bytes, "\xE5\xAE\xB6\xF0\x9F\x98\x80");
    json_t *value = json_keep(arena, json_pack("{s:[],s:{},s:[i,I,n,b,b,f,[s,s]],s:{s:s}}", "empty", "none", "list", -1,
                                               (json_int_t)INT64_MIN, true, false, 1.5, "", "a\"b\\", bytes, "k", "v"));
    assert_non_null(value);
    char *wanted = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_string_equal(json_text(arena, value), wanted);
    free(wanted);
    json_t *text = json_keep(arena, json_string(bytes));
    wanted = json_dumps(text, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_string_equal(json_text(arena, text), wanted);
    free(wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_json_is_refused_with_one_fault),
        cmocka_unit_test(text_is_what_jansson_would_write),
        cmocka_unit_test(nesting_is_bounded_before_it_costs_stack),
        cmocka_unit_test(a_fault_does_not_repeat_the_body),
        cmocka_unit_test(duplicates_and_other_faults_are_reported_together),
        cmocka_unit_test(a_good_body_fills_every_field),
        cmocka_unit_test(absent_and_null_optional_fields_stay_untouched),
        cmocka_unit_test(every_fault_of_a_body_is_reported),
        cmocka_unit_test(integers_default_to_what_json_readers_keep_exact),
        cmocka_unit_test(a_hostile_body_gets_no_endless_answer),
        cmocka_unit_test(a_fingerprint_names_each_leaf_in_order),
        cmocka_unit_test(equal_bodies_have_equal_fingerprints_and_others_not),
        cmocka_unit_test(text_is_compact_and_keeps_the_order),
    };
    return cmocka_run_group_tests_name("base/json", tests, setup, teardown);
}
