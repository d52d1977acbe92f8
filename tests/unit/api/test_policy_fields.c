/* What policies and premium standards may say, and that every rule has its column. */
#include <gongji/api/policy_fields.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* "pointer code;" for each fault, in order. */
static const char *told(const struct faults *faults)
{
    struct buf buf = buf_new(arena);
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        buf_printf(&buf, "%s %s;", fault->pointer, fault->code);
    return buf_text(&buf);
}

struct sample {
    const char *members; /* beside those that every document needs */
    const char *faults;
};

static void check_policies(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct faults faults = { .arena = arena };
        const char *text = arena_printf(arena, "{\"legal_basis\": \"b\", \"source\": {\"confidence\": \"A\"}, %s}",
                                        samples[i].members);
        json_t *document = json_read(&faults, str_of(text));
        json_fields(&faults, document, policy_fields(arena, NULL));
        policy_check(&faults, "", document);
        assert_string_equal(told(&faults), samples[i].faults);
    }
}

static void null_is_no_limit_where_a_limit_can_be(void **state)
{
    (void)state;
    static const struct sample SAMPLES[] = {
        { "\"max_members\": null, \"daily_cap_fen\": null, \"relations\": null, \"channels\": null", "" },
        { "\"channels\": {\"bind\": null, \"pay\": [\"web_hall\"]}", "" },
        { "\"review_mode\": null", "/review_mode wrong_type;" },
        { "\"shareable_buckets\": null", "/shareable_buckets wrong_type;" },
        { "\"uses\": {\"drug\": null}", "/uses/drug wrong_type;" },
        { "\"evidence_required\": {\"child\": null}", "/evidence_required/child wrong_type;" },
    };
    check_policies(SAMPLES, sizeof SAMPLES / sizeof *SAMPLES);
}

static void policies_say_only_what_is_known(void **state)
{
    (void)state;
    static const struct sample SAMPLES[] = {
        { "\"retained_minimum_fen\": 200000, \"relation_limits\": {\"child\": 3}, \"uses\": {\"drug\": [\"self\"]}",
          "" },
        { "\"own_bucket_order\": [\"prior_year\", \"current_year\"], \"insured_status_allowed\": {\"*\": [\"normal\"]}",
          "" },
        { "\"waiting\": {\"fixed_months\": 3, \"exempt_classes\": [\"newborn\"]}", "" },
        { "\"retained_minimum\": 1", "/retained_minimum unknown_member;" },
        { "\"retained_minimum_fen\": -1", "/retained_minimum_fen out_of_range;" },
        { "\"relation_limits\": {\"aunt\": 1}", "/relation_limits/aunt unknown_member;" },
        { "\"uses\": {\"fitness\": [\"self\"]}", "/uses/fitness unknown_member;" },
        { "\"uses\": {\"*\": [\"self\"]}", "/uses/* unknown_member;" },
        { "\"uses\": {\"drug\": [\"friend\"]}", "/uses/drug/0 not_allowed;" },
        { "\"insured_status_allowed\": {\"*\": [\"ill\"]}", "/insured_status_allowed/*/0 not_allowed;" },
        { "\"review_mode\": \"maybe\"", "/review_mode not_allowed;" },
        { "\"own_bucket_order\": [\"prior_year\"]", "/own_bucket_order out_of_range;" },
        { "\"own_bucket_order\": [\"prior_year\", \"prior_year\"]", "/own_bucket_order/1 not_allowed;" },
        { "\"waiting\": {\"months\": 1}", "/waiting/months unknown_member;" },
        { "\"cross_area\": \"yes\"", "/cross_area wrong_type;" },
        { "\"channels\": {\"pay\": [\"Web Hall\"]}", "/channels/pay/0 bad_format;" },
    };
    check_policies(SAMPLES, sizeof SAMPLES / sizeof *SAMPLES);
}

static void every_policy_names_its_basis_and_source(void **state)
{
    (void)state; /* S0-05, P-24 */
    struct faults faults = { .arena = arena };
    json_t *document = json_read(
        &faults, STR("{\"source\": {\"members\": {\"relations\": {\"confidence\": \"C\"}, \"other\": {}}}}"));
    json_fields(&faults, document, policy_fields(arena, NULL));
    assert_string_equal(told(&faults),
                        "/legal_basis missing;/source/confidence missing;/source/members/other unknown_member;");
}

static void standards_are_checked_to_the_last_window(void **state)
{
    (void)state; /* S0-35, S0-38 */
    static const struct sample SAMPLES[] = {
        { "\"windows\": [{\"from\": \"2024-09-05\", \"to\": \"2024-12-31\", \"late_until\": null}]", "" },
        { "\"windows\": []", "/windows out_of_range;" },
        { "\"windows\": {}", "/windows wrong_type;" },
        { "\"windows\": [{\"from\": \"2024-12-31\", \"to\": \"2024-09-05\"}]", "/windows/0/to out_of_range;" },
        { "\"windows\": [{\"from\": \"2024-09-05\", \"to\": \"2024-12-31\", \"late_until\": \"2024-12-30\"}]",
          "/windows/0/late_until out_of_range;" },
        { "\"windows\": [{\"from\": \"2024-02-30\", \"to\": \"2024-12-31\"}, 1]",
          "/windows/0/from bad_format;/windows/1 wrong_type;" },
        { "\"windows\": [{\"from\": \"2024-09-05\", \"to\": \"2024-12-31\"}], \"subsidies\": [{\"person_class\": "
          "\"student\", \"mode\": \"fixed\"}]",
          "/subsidies/0/amount_fen missing;" },
        { "\"windows\": [{\"from\": \"2024-09-05\", \"to\": \"2024-12-31\"}], \"subsidies\": [{\"person_class\": "
          "\"student\", \"mode\": \"full\"},"
          "{\"person_class\": \"student\", \"mode\": \"rate\", \"rate_percent\": 101}]",
          "/subsidies/1/rate_percent out_of_range;/subsidies/1/person_class not_allowed;" },
    };
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) {
        struct faults faults = { .arena = arena };
        const char *text = arena_printf(
            arena,
            "{\"amount_fen\": 40000, \"benefit\": {\"from\": \"2025-01-01\", \"to\": \"2025-12-31\"},"
            "\"source\": {\"confidence\": \"A\"}, %s}",
            SAMPLES[i].members);
        json_t *document = json_read(&faults, str_of(text));
        json_fields(&faults, document, premium_standard_fields(arena, NULL));
        premium_standard_check(&faults, "", document);
        assert_string_equal(told(&faults), SAMPLES[i].faults);
    }
}

/* A rule without its column would be refused by the database, a column without its rule could not be set. */
static void rules_are_the_columns_of_the_database(void **state)
{
    (void)state;
    const struct field *field = policy_fields(arena, NULL) + 2; /* after legal_basis and source */
    FILE *file = fopen("sql/migrations/0001_reference.sql", "re");
    char line[256];
    bool inside = false;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        size_t length = strspn(line + strspn(line, " "), "abcdefghijklmnopqrstuvwxyz_");
        if (inside && line[0] == ')')
            break;
        if (inside && length > 0)
            assert_string_equal(arena_strndup(arena, line + 4, length), (field++)->name);
        inside = inside || strstr(line, "CREATE TYPE gongji.policy_rules");
    }
    fclose(file);
    assert_null(field->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(null_is_no_limit_where_a_limit_can_be, setup, teardown),
        cmocka_unit_test_setup_teardown(policies_say_only_what_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(every_policy_names_its_basis_and_source, setup, teardown),
        cmocka_unit_test_setup_teardown(standards_are_checked_to_the_last_window, setup, teardown),
        cmocka_unit_test_setup_teardown(rules_are_the_columns_of_the_database, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
