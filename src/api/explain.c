/* Whose money pays what, and why: the sentence beside each leg, each repair and each coverage. One row a rule, zh and en. */
#include <string.h>

#include <gongji/api/explain.h>
#include <gongji/base/str.h>
#include <gongji/domain/money.h>

/* clang-format off */
/* {name} is a member of the leg's facts or of the coverage; *_fen is shown in yuan, {amount_fen} is the leg's own. */
static const struct sentence {
    const char *rule, *zh, *en;
} SENTENCES[] = {
    /* legs */
    { "subsidies",            "按参保人的身份，政府资助{amount_fen}元（缴费标准{standard_fen}元）。",
                              "The state pays {amount_fen} yuan for a person of this class (the standard is {standard_fen} yuan)." },
    { "own_bucket_order",     "先用参保人本人账户：可用{available_fen}元，还需{left_fen}元，付{amount_fen}元。",
                              "The insured's own account comes first: {available_fen} yuan available, {left_fen} yuan needed, so it pays {amount_fen} yuan." },
    { "premium_standard",     "{grantor_name}的账户可共济{shareable_fen}元，还需{left_fen}元，足够，付{amount_fen}元。",
                              "{grantor_name}'s account may share {shareable_fen} yuan and {left_fen} yuan are still needed: enough, it pays {amount_fen} yuan." },
    { "personal_burden",      "{grantor_name}的账户可共济{shareable_fen}元，个人负担还剩{left_fen}元，足够，付{amount_fen}元。",
                              "{grantor_name}'s account may share {shareable_fen} yuan and {left_fen} yuan of the personal part are left: enough, it pays {amount_fen} yuan." },
    { "retained_minimum_fen", "{grantor_name}的账户须保留{retained_minimum_fen}元，超出部分只有{shareable_fen}元，还需{left_fen}元，付{amount_fen}元。",
                              "{grantor_name}'s account must keep {retained_minimum_fen} yuan; only {shareable_fen} yuan lie above it, {left_fen} yuan are needed, so it pays {amount_fen} yuan." },
    { "shareable_buckets",    "{grantor_name}的账户里按规定可共济的资金只有{shareable_fen}元，还需{left_fen}元，付{amount_fen}元。",
                              "Only {shareable_fen} yuan of {grantor_name}'s account may be shared by the rules; {left_fen} yuan are needed, so it pays {amount_fen} yuan." },
    { "per_payment_cap_fen",  "{grantor_name}为这位家人设定每次最多共济{cap_fen}元，还需{left_fen}元，付{amount_fen}元。",
                              "{grantor_name} gives this relative at most {cap_fen} yuan a payment; {left_fen} yuan are needed, so it pays {amount_fen} yuan." },
    { "premium_cap_fen",      "当地规定每位亲属为一笔保费最多共济{cap_fen}元，还需{left_fen}元，{grantor_name}的账户付{amount_fen}元。",
                              "One relative may give at most {cap_fen} yuan for a premium here; {left_fen} yuan are needed, so {grantor_name}'s account pays {amount_fen} yuan." },
    { "daily_cap_fen",        "当地规定每个账户一天最多共济{cap_fen}元，{grantor_name}的账户今天还可共济{cap_left_fen}元，还需{left_fen}元，付{amount_fen}元。",
                              "An account may give at most {cap_fen} yuan a day here; {cap_left_fen} yuan are left of it for {grantor_name}'s, {left_fen} yuan are needed, so it pays {amount_fen} yuan." },
    { "yearly_cap_fen",       "当地规定每个账户一年最多共济{cap_fen}元，{grantor_name}的账户今年还可共济{cap_left_fen}元，还需{left_fen}元，付{amount_fen}元。",
                              "An account may give at most {cap_fen} yuan a year here; {cap_left_fen} yuan are left of it for {grantor_name}'s, {left_fen} yuan are needed, so it pays {amount_fen} yuan." },
    { "shortfall",            "应缴{payable_fen}元，本人账户付{own_fen}元，家人账户付{aid_fen}元，还差{amount_fen}元，需另用现金补足。",
                              "Of {payable_fen} yuan the own account pays {own_fen} and relatives pay {aid_fen}; the missing {amount_fen} yuan must be paid in cash." },
    /* repair */
    { "repair_years",         "补缴断保的{years}年，每年按当年标准{standard_fen}元，没有资助，共{amount_fen}元。",
                              "Missed years paid for as well: {years}, each at this year's standard of {standard_fen} yuan without a subsidy: {amount_fen} yuan." },
    /* coverage */
    { "in_window",            "在集中缴费期内缴费，自{starts_on}起享受待遇，没有等待期。",
                              "Paid inside the enrollment window: cover starts on {starts_on}, without a waiting period." },
    { "late",                 "已过集中缴费期，等待{waiting_months}个月，自{starts_on}起享受待遇。",
                              "Paid after the enrollment window: {waiting_months} months of waiting, cover starts on {starts_on}." },
    { "gap",                  "此前断保{missed_years}年，等待{waiting_months}个月，自{starts_on}起享受待遇。",
                              "Missed years before: {missed_years}; {waiting_months} months of waiting, cover starts on {starts_on}." },
    { "gap_repaired",         "此前断保{missed_years}年，其中{repaired_years}年这次补缴，等待{waiting_months}个月，自{starts_on}起享受待遇。",
                              "Missed years before: {missed_years}, paid for as well: {repaired_years}; {waiting_months} months of waiting, cover starts on {starts_on}." },
    { "exempt",               "参保人属于免等待期人员，自{starts_on}起享受待遇。",
                              "The insured belongs to a group without a waiting period: cover starts on {starts_on}." },
    { "newborn",              "新生儿在规定天数内缴费，自{starts_on}起享受待遇，没有等待期。",
                              "A newborn paid for in time: cover starts on {starts_on}, without a waiting period." },
    { "newborn_next_month",   "新生儿逾期缴费，自次月{starts_on}起享受待遇。",
                              "A newborn paid for late: cover starts with the next month, on {starts_on}." },
};

/* What an institution is told, by the leg's source. */
static const struct sentence PLAIN_SENTENCES[] = {
    { "own",  "本人账户付{amount_fen}元。",       "The patient's own account pays {amount_fen} yuan." },
    { "aid",  "家人账户共济{amount_fen}元。",     "A relative's account pays {amount_fen} yuan." },
    { "cash", "其余{amount_fen}元由患者自付。", "The patient pays the remaining {amount_fen} yuan." },
};
/* clang-format on */

static const char *find(const struct sentence *sentences, size_t count, const char *rule, enum language language)
{
    for (size_t i = 0; rule && i < count; i++)
        if (strcmp(sentences[i].rule, rule) == 0)
            return language == LANG_EN ? sentences[i].en : sentences[i].zh;
    return NULL;
}

static const char *pattern(const char *rule, enum language language)
{
    return find(SENTENCES, sizeof SENTENCES / sizeof *SENTENCES, rule, language);
}

static void fill(struct buf *out, const char *name, const json_t *value)
{
    size_t length = strlen(name);
    if (json_is_string(value))
        buf_append(out, json_string_value(value));
    else if (length > 4 && strcmp(name + length - 4, "_fen") == 0)
        buf_append(out, money_yuan(out->arena, json_integer_value(value)));
    else
        buf_printf(out, "%lld", (long long)json_integer_value(value));
}

static const char *sentence(struct arena *arena, const char *text, const json_t *own, const json_t *facts)
{
    struct buf out = buf_new(arena);
    while (*text) {
        size_t plain = strcspn(text, "{");
        buf_append_n(&out, text, plain);
        text += plain;
        if (*text == '{') {
            size_t length = strcspn(++text, "}");
            const char *name = arena_strndup(arena, text, length);
            const json_t *value = json_object_get(own, name);
            fill(&out, name, value ? value : json_object_get(facts, name));
            text += length + 1;
        }
    }
    return buf_text(&out);
}

static void explain_one(struct arena *arena, json_t *item, enum language language)
{
    const char *text = pattern(json_string_value(json_object_get(item, "rule")), language);
    if (text)
        json_object_set_new(item, "why", json_string(sentence(arena, text, item, json_object_get(item, "facts"))));
}

void explain(struct arena *arena, json_t *body, enum language language)
{
    static const char *const NESTED[] = { "quote", "QUOTE_EXPIRED", "QUOTE_STALE" };
    size_t i;
    json_t *leg;
    json_array_foreach(json_object_get(body, "legs"), i, leg)
        explain_one(arena, leg, language);
    explain_one(arena, json_object_get(body, "repair"), language);
    explain_one(arena, json_object_get(body, "coverage"), language);
    for (i = 0; i < sizeof NESTED / sizeof *NESTED; i++) {
        json_t *inner = json_object_get(body, NESTED[i]);
        if (inner)
            explain(arena, inner, language);
    }
}

void explain_to_institution(struct arena *arena, json_t *body, enum language language)
{
    size_t i;
    json_t *leg;
    json_array_foreach(json_object_get(body, "legs"), i, leg) {
        const char *source = json_string_value(json_object_get(leg, "source"));
        const char *text = find(PLAIN_SENTENCES, sizeof PLAIN_SENTENCES / sizeof *PLAIN_SENTENCES, source, language);
        json_object_del(leg, "facts");
        json_object_set_new(leg, "why", json_string(sentence(arena, text ? text : "", leg, NULL)));
    }
}
