/* The tables of policy members, with type, bounds and allowed values, and the few rules between members. */
#include <gongji/api/policy_fields.h>

#include <string.h>

#include <gongji/domain/money.h>
#include <gongji/domain/person.h>
#include <gongji/domain/relation.h>

enum {
    DAYS_MAX = 36600,
    COUNT_MAX = 1000,
    MONTHS_MAX = 120,
    YEARS_MAX = 100,
    HOLD_MINUTES_MAX = 10080,
    ITEMS_MAX = 50,
    NAME_MAX_LENGTH = 40
};

/* Insured statuses are given by use, "*" for every other one. */
static const char *const USES_OR_ANY[] = {
    "*",
    "resident_premium",
    "large_amount_subsidy",
    "long_term_care",
    "commercial_supplement",
    "city_inclusive",
    "outpatient",
    "inpatient",
    "drug",
    "device",
    "disinfectant",
    "treatment",
    "vaccine",
    "checkup",
    NULL,
};
const char *const *const USES = USES_OR_ANY + 1;
static const char *const PRODUCT_USES[] = { "resident_premium",      "large_amount_subsidy", "long_term_care",
                                            "commercial_supplement", "city_inclusive",       NULL };
static const char *const BUCKETS[] = { "current_year", "prior_year", NULL };
static const char *const FOR_WHOM[] = { "self", "relative", NULL };
static const char *const REVIEW_MODES[] = { "none", "commitment", "automatic", "manual", NULL };
static const char *const RELEASE_EFFECTIVE[] = { "immediate", "next_day", "next_day_if_new", NULL };
static const char *const OTHER_GRANTORS[] = { "drawn", "not_drawn", NULL };
static const char *const NEWBORN_LATE[] = { "next_month", "general", NULL };
static const char *const REFUND_UNTIL[] = { "benefit_start", "not_refundable", "no_limit", NULL };
static const char *const EVIDENCE_TYPES[] = {
    "birth_certificate", "household_register", "marriage_certificate", "guardianship", "other", NULL
};
static const char *const SUBSIDY_MODES[] = { "full", "fixed", "rate", NULL };

static bool name_valid(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length >= 1 && length <= NAME_MAX_LENGTH && text[length] == '\0';
}

bool product_valid(const char *text)
{
    return name_valid(text);
}

/* --- building tables --- */

static size_t fields_count(const struct field *fields)
{
    size_t count = 0;
    while (fields && fields[count].name)
        count++;
    return count;
}

static struct field *fields_joined(struct arena *arena, const struct field *a, const struct field *b)
{
    size_t a_count = fields_count(a), b_count = fields_count(b);
    struct field *joined = arena_alloc(arena, (a_count + b_count + 1) * sizeof *joined);
    memcpy(joined, a, a_count * sizeof *joined);
    if (b_count)
        memcpy(joined + a_count, b, b_count * sizeof *joined);
    return joined;
}

/* An object whose members are all of one shape, each of `names` at most once. */
static const struct field *each(struct arena *arena, const char *const *names, struct field shape)
{
    size_t count = 0;
    while (names[count])
        count++;
    struct field *fields = arena_alloc(arena, (count + 1) * sizeof *fields);
    shape.optional = true;
    for (size_t i = 0; i < count; i++) {
        fields[i] = shape;
        fields[i].name = names[i];
    }
    return fields;
}

/* Where a value comes from: of the whole document, and of single members of it (P-24). */
static const struct field *source_fields(struct arena *arena, const struct field *members)
{
    /* clang-format off */
    static const struct field ORIGIN[] = {
        { "confidence", FIELD_TEXT, .min = 1, .max = 20 },
        { "note",       FIELD_TEXT, .min = 1, .max = 2000, .optional = true },
        { 0 } };
    /* clang-format on */
    const char **names = arena_alloc(arena, (fields_count(members) + 1) * sizeof *names);
    for (size_t i = 0; members[i].name; i++)
        names[i] = members[i].name;
    const struct field *by_member = each(arena, names, (struct field){ .kind = FIELD_OBJECT, .members = ORIGIN });
    return fields_joined(
        arena, ORIGIN,
        (const struct field[]){ { "members", FIELD_OBJECT, .optional = true, .members = by_member }, { 0 } });
}

/* --- policies --- */

/* clang-format off */
static const struct field WAITING[] = {
    { "fixed_months",           FIELD_INT,   .optional = true, .max = MONTHS_MAX },
    { "months_per_gap_year",    FIELD_INT,   .optional = true, .max = MONTHS_MAX },
    { "free_gap_years",         FIELD_INT,   .optional = true, .max = YEARS_MAX },
    { "epoch_year",             FIELD_INT,   .optional = true, .min = BENEFIT_YEAR_MIN, .max = BENEFIT_YEAR_MAX },
    { "repair_months_per_year", FIELD_INT,   .optional = true, .max = MONTHS_MAX },
    { "floor_gap_years",        FIELD_INT,   .optional = true, .max = YEARS_MAX },
    { "floor_months",           FIELD_INT,   .optional = true, .max = MONTHS_MAX },
    { "exempt_classes",         FIELD_TEXTS, .optional = true, .one_of = PERSON_CLASSES },
    { 0 } };

/* Channels are names that issuers of tokens carry: data, so only their form is checked (S0-23). */
static const struct field CHANNELS[] = {
    { "bind", FIELD_TEXTS, .optional = true, .max = ITEMS_MAX, .check = name_valid },
    { "pay",  FIELD_TEXTS, .optional = true, .max = ITEMS_MAX, .check = name_valid },
    { "read", FIELD_TEXTS, .optional = true, .max = ITEMS_MAX, .check = name_valid },
    { 0 } };
/* clang-format on */

/* Named and ordered as gongji.policy_rules. All optional: absent is inherited, null is no limit. */
const struct field *policy_rule_fields(struct arena *arena)
{
    const struct field *limits = each(arena, RELATIONS, (struct field){ .kind = FIELD_INT, .max = COUNT_MAX });
    const struct field *evidence = each(arena, RELATIONS,
                                        (struct field){ .kind = FIELD_TEXTS, .one_of = EVIDENCE_TYPES });
    const struct field *for_whom = each(arena, USES, (struct field){ .kind = FIELD_TEXTS, .one_of = FOR_WHOM });
    const struct field *statuses = each(arena, USES_OR_ANY,
                                        (struct field){ .kind = FIELD_TEXTS, .one_of = INSURED_STATUSES });
    /* clang-format off */
    const struct field rules[] = {
        { "shareable_buckets",            FIELD_TEXTS,  .optional = true, .one_of = BUCKETS },
        { "retained_minimum_fen",         FIELD_INT,    .optional = true, .max = FEN_MAX },
        { "relations",                    FIELD_TEXTS,  .optional = true, .one_of = RELATIONS },
        { "relation_limits",              FIELD_OBJECT, .optional = true, .members = limits },
        { "max_members",                  FIELD_INT,    .optional = true, .max = COUNT_MAX },
        { "grantor_status_required",      FIELD_TEXTS,  .optional = true, .one_of = INSURED_STATUSES },
        { "review_mode",                  FIELD_TEXT,   .optional = true, .one_of = REVIEW_MODES },
        { "review_sla_workdays",          FIELD_INT,    .optional = true, .max = DAYS_MAX },
        { "evidence_required",            FIELD_OBJECT, .optional = true, .members = evidence },
        { "notice_version",               FIELD_TEXT,   .optional = true, .min = 1, .max = NAME_MAX_LENGTH },
        { "notice_text",                  FIELD_TEXT,   .optional = true, .min = 1, .max = 5000 },
        { "min_bound_days",               FIELD_INT,    .optional = true, .max = DAYS_MAX },
        { "release_effective",            FIELD_TEXT,   .optional = true, .one_of = RELEASE_EFFECTIVE },
        { "per_payment_cap_editable",     FIELD_BOOL,   .optional = true },
        { "daily_cap_fen",                FIELD_INT,    .optional = true, .max = FEN_MAX },
        { "yearly_cap_fen",               FIELD_INT,    .optional = true, .max = FEN_MAX },
        { "premium_cap_fen",              FIELD_INT,    .optional = true, .max = FEN_MAX },
        { "rollover_threshold_fen",       FIELD_INT,    .optional = true, .max = FEN_MAX },
        { "uses",                         FIELD_OBJECT, .optional = true, .members = for_whom },
        { "insured_status_allowed",       FIELD_OBJECT, .optional = true, .members = statuses },
        { "max_grantors_per_beneficiary", FIELD_INT,    .optional = true, .max = COUNT_MAX },
        { "max_grantors_per_payment",     FIELD_INT,    .optional = true, .max = COUNT_MAX },
        { "grantor_order_editable",       FIELD_BOOL,   .optional = true },
        { "other_grantors",               FIELD_TEXT,   .optional = true, .one_of = OTHER_GRANTORS },
        { "own_bucket_order",             FIELD_TEXTS,  .optional = true, .min = 2, .max = 2, .one_of = BUCKETS },
        { "waiting",                      FIELD_OBJECT, .optional = true, .members = WAITING },
        { "newborn_days",                 FIELD_INT,    .optional = true, .max = DAYS_MAX },
        { "newborn_late",                 FIELD_TEXT,   .optional = true, .one_of = NEWBORN_LATE },
        { "cash_hold_minutes",            FIELD_INT,    .optional = true, .min = 1, .max = HOLD_MINUTES_MAX },
        { "refund_until",                 FIELD_TEXT,   .optional = true, .one_of = REFUND_UNTIL },
        { "channels",                     FIELD_OBJECT, .optional = true, .members = CHANNELS },
        { "cross_area",                   FIELD_BOOL,   .optional = true },
        { "cross_province",               FIELD_BOOL,   .optional = true },
        { 0 } };
    /* clang-format on */
    return arena_copy(arena, rules, sizeof rules);
}

const struct field *policy_fields(struct arena *arena, const struct field *beside)
{
    const struct field *rules = policy_rule_fields(arena);
    /* clang-format off */
    const struct field head[] = {
        { "legal_basis", FIELD_TEXT,   .min = 1, .max = 500 },
        { "source",      FIELD_OBJECT, .members = source_fields(arena, rules) },
        { 0 } };
    /* clang-format on */
    return fields_joined(arena, fields_joined(arena, head, beside), rules);
}

/* Rules that are no limits: one of their values always holds, so null would say nothing. */
static const char *const NEVER_NULL[] = {
    "shareable_buckets",
    "review_mode",
    "release_effective",
    "per_payment_cap_editable",
    "uses",
    "grantor_order_editable",
    "other_grantors",
    "own_bucket_order",
    "newborn_late",
    "cash_hold_minutes",
    "refund_until",
    NULL,
};
/* Objects of lists: what is not named there is not allowed, not needed or decided by "*"; null is none of these. */
static const char *const LISTS_BY_NAME[] = { "evidence_required", "uses", "insured_status_allowed", NULL };

static void null_fault(struct faults *faults, const char *pointer)
{
    fault_add(faults, pointer, "wrong_type", "must not be null");
}

static void nulls_check(struct faults *faults, const char *pointer, const json_t *document)
{
    const char *name;
    json_t *value;
    for (const char *const *rule = NEVER_NULL; *rule; rule++)
        if (json_is_null(json_object_get(document, *rule)))
            null_fault(faults, arena_printf(faults->arena, "%s/%s", pointer, *rule));
    for (const char *const *rule = LISTS_BY_NAME; *rule; rule++)
        json_object_foreach(json_object_get(document, *rule), name, value)
            if (json_is_null(value) && text_in(name, USES_OR_ANY) + text_in(name, RELATIONS) > 0)
                null_fault(faults, arena_printf(faults->arena, "%s/%s/%s", pointer, *rule, name));
}

void policy_check(struct faults *faults, const char *pointer, const json_t *document)
{
    const json_t *order = json_object_get(document, "own_bucket_order");
    nulls_check(faults, pointer, document);
    if (json_array_size(order) == 2 && json_equal(json_array_get(order, 0), json_array_get(order, 1)))
        fault_add(faults, arena_printf(faults->arena, "%s/own_bucket_order/1", pointer), "not_allowed",
                  "each bucket has its place");
}

/* --- premium standards --- */

/* clang-format off */
static const struct field BENEFIT[] = { { "from", FIELD_DATE }, { "to", FIELD_DATE }, { 0 } };

static const struct field STANDARD[] = {
    { "amount_fen", FIELD_INT,    .max = FEN_MAX },
    { "benefit",    FIELD_OBJECT, .members = BENEFIT },
    { "windows",    FIELD_JSON },   /* items: window_check, subsidy_check */
    { "subsidies",  FIELD_JSON,   .optional = true },
    { 0 } };
/* clang-format on */

const struct field *premium_standard_fields(struct arena *arena, const struct field *beside)
{
    static const struct field SOURCE[] = { { "source", FIELD_JSON }, { 0 } }; /* source_check */
    return fields_joined(arena, fields_joined(arena, STANDARD, SOURCE), beside);
}

/* The document a standard was published in may be given as a plain text. */
static void source_check(struct faults *faults, const char *pointer, const json_t *source)
{
    json_t *alone;
    if (!source)
        return;
    alone = json_pack("{sO}", "source", (json_t *)(uintptr_t)source);
    /* clang-format off */
    json_fields_at(faults, pointer, alone, (const struct field[]){
        json_is_string(source) ? (struct field){ "source", FIELD_TEXT, .min = 1, .max = 2000 }
                               : (struct field){ "source", FIELD_OBJECT, .members = source_fields(faults->arena, STANDARD) },
        { 0 } });
    /* clang-format on */
    json_decref(alone);
}

/* YYYY-MM-DD sorts as text; a day that is missing or not one has its own fault. */
static void days_check(struct faults *faults, const char *pointer, const char *from, const char *to, const char *name)
{
    if (from && to && strcmp(from, to) > 0)
        fault_add(faults, arena_printf(faults->arena, "%s/%s", pointer, name), "out_of_range", "must not be before %s",
                  from);
}

static void window_check(struct faults *faults, const char *pointer, const json_t *window, const json_t *windows)
{
    const char *from = NULL, *to = NULL, *late_until = NULL;
    (void)windows; /* they may overlap: a class uses its own and the general ones */
    /* clang-format off */
    json_fields_at(faults, pointer, window, (const struct field[]){
        { "from",         FIELD_DATE, .ret = &from },
        { "to",           FIELD_DATE, .ret = &to },
        { "late_until",   FIELD_DATE, .ret = &late_until, .optional = true },
        { "person_class", FIELD_TEXT, .optional = true, .one_of = PERSON_CLASSES },
        { 0 } });
    /* clang-format on */
    days_check(faults, pointer, from, to, "to");
    days_check(faults, pointer, to, late_until, "late_until");
}

static bool class_named(const json_t *subsidies, const char *person_class, const json_t *until)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)subsidies, i, item) { /* jansson's iterators take no const */
        if (item == until)
            break;
        if (text_equal(json_string_value(json_object_get(item, "person_class")), person_class))
            return true;
    }
    return false;
}

static void subsidy_check(struct faults *faults, const char *pointer, const json_t *subsidy, const json_t *all)
{
    const char *person_class = NULL, *mode = NULL;
    bool amount = false, rate = false;
    /* clang-format off */
    json_fields_at(faults, pointer, subsidy, (const struct field[]){
        { "person_class", FIELD_TEXT, .ret = &person_class, .one_of = PERSON_CLASSES },
        { "mode",         FIELD_TEXT, .ret = &mode, .one_of = SUBSIDY_MODES },
        { "amount_fen",   FIELD_INT,  .optional = true, .ret_present = &amount, .max = FEN_MAX },
        { "rate_percent", FIELD_INT,  .optional = true, .ret_present = &rate, .max = 100 },
        { 0 } });
    /* clang-format on */
    const struct {
        const char *mode, *member;
        bool given;
    } amounts[] = { { "fixed", "amount_fen", amount }, { "rate", "rate_percent", rate } };
    for (size_t i = 0; mode && i < 2; i++)
        if (text_equal(mode, amounts[i].mode) != amounts[i].given)
            fault_add(faults, arena_printf(faults->arena, "%s/%s", pointer, amounts[i].member),
                      amounts[i].given ? "not_allowed" : "missing", "belongs to mode %s, and only to it",
                      amounts[i].mode);
    if (person_class && class_named(all, person_class, subsidy))
        fault_add(faults, arena_printf(faults->arena, "%s/person_class", pointer), "not_allowed",
                  "this class has a subsidy already");
}

static void items_check(struct faults *faults, const char *pointer, const json_t *items, size_t least,
                        void (*check)(struct faults *, const char *pointer, const json_t *item, const json_t *items))
{
    if (!items)
        return;
    if (!json_is_array(items))
        fault_add(faults, pointer, "wrong_type", "must be an array");
    else if (json_array_size(items) < least || json_array_size(items) > ITEMS_MAX)
        fault_add(faults, pointer, "out_of_range", "must have %zu to %d items", least, ITEMS_MAX);
    for (size_t i = 0; i < json_array_size(items) && i < ITEMS_MAX; i++)
        check(faults, arena_printf(faults->arena, "%s/%zu", pointer, i), json_array_get(items, i), items);
}

void premium_standard_check(struct faults *faults, const char *pointer, const json_t *document)
{
    const json_t *benefit = json_object_get(document, "benefit");
    days_check(faults, arena_printf(faults->arena, "%s/benefit", pointer),
               json_string_value(json_object_get(benefit, "from")), json_string_value(json_object_get(benefit, "to")),
               "to");
    items_check(faults, arena_printf(faults->arena, "%s/windows", pointer), json_object_get(document, "windows"), 1,
                window_check);
    items_check(faults, arena_printf(faults->arena, "%s/subsidies", pointer), json_object_get(document, "subsidies"), 0,
                subsidy_check);
    source_check(faults, pointer, json_object_get(document, "source"));
}

const struct field *product_fields(struct arena *arena, struct product_put *in, const struct field *beside)
{
    /* clang-format off */
    const struct field members[] = {
        { "use",        FIELD_TEXT, .ret = &in->use,        .one_of = PRODUCT_USES },
        { "scheme",     FIELD_TEXT, .ret = &in->scheme,     .one_of = SCHEMES, .optional = true },
        { "valid_from", FIELD_DATE, .ret = &in->valid_from },
        { "valid_to",   FIELD_DATE, .ret = &in->valid_to,   .optional = true },
        { 0 } };
    /* clang-format on */
    return fields_joined(arena, members, beside);
}

void product_check(struct faults *faults, const char *pointer, const struct product_put *in)
{
    days_check(faults, pointer, in->valid_from, in->valid_to, "valid_to");
}

const struct field *area_link_fields(struct arena *arena, struct area_link_put *in, const struct field *beside)
{
    /* clang-format off */
    const struct field members[] = {
        { "uses",     FIELD_TEXTS, .ret = &in->uses, .one_of = USES },
        { "valid_to", FIELD_DATE,  .ret = &in->valid_to, .optional = true },
        { 0 } };
    /* clang-format on */
    return fields_joined(arena, members, beside);
}

void area_link_check(struct faults *faults, const char *pointer, const struct area_link_put *in)
{
    days_check(faults, pointer, in->key.valid_from, in->valid_to, "valid_to");
}
