/* Alipay notices: what is believed, what is not, and what they say. */
#include <gongji/channel/alipay.h>

#include "keys.h"

static EVP_PKEY *key, *next_key, *stranger;
static struct alipay *alipay;

static int setup(void **state)
{
    (void)state;
    const char *why = "";
    keys_setup();
    key = key_make("alipay.pem", 2048);
    next_key = key_make("next.pem", 2048);
    stranger = key_make("stranger.pem", 2048);
    struct conf *conf = conf_of(
        "[alipay tax]\napp_id = 2014072300007148\nseller_id = 2088102172161712\npublic_keys = alipay.pem next.pem\n");
    if (!alipay_new(conf, &alipay, &why, arena))
        fail_msg("%s", why);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    alipay_free(alipay);
    keys_teardown();
    return 0;
}

/* The published shape of a payment notice, sorted as it is signed. */
struct member {
    const char *name, *value;
};
static const struct member FIELDS[] = {
    { "app_id", "2014072300007148" },
    { "body", "居民医保 2027 & 补足=差额" },
    { "buyer_id", "2088102122524333" },
    { "charset", "utf-8" },
    { "fund_bill_list", "[{\"amount\":\"20.00\",\"fundChannel\":\"ALIPAYACCOUNT\"}]" },
    { "gmt_create", "2026-11-21 10:12:29" },
    { "gmt_payment", "2026-11-21 10:12:31" },
    { "notify_id", "ac05099524730693a8b330c5ecf72da9786" },
    { "notify_time", "2026-11-21 10:12:32" },
    { "notify_type", "trade_status_sync" },
    { "out_trade_no", "0199d5c503f77a628d1b94e6b0c7f215" },
    { "seller_id", "2088102172161712" },
    { "total_amount", "20.00" },
    { "trade_no", "2013112011001004330000121536" },
    { "trade_status", "TRADE_SUCCESS" },
    { "version", "1.0" },
};
enum { FIELD_COUNT = sizeof FIELDS / sizeof *FIELDS };

static const char *escaped(const char *text)
{
    struct buf out = buf_new(arena);
    for (; *text; text++) {
        if (*text == ' ')
            buf_append_char(&out, '+');
        else if (strchr("&=+%\"", *text) || (unsigned char)*text >= 0x80)
            buf_printf(&out, "%%%02X", (unsigned char)*text);
        else
            buf_append_char(&out, *text);
    }
    return buf_text(&out);
}

/* A signed form, one field changed (value NULL: left out); sent in reverse order, which is as good as any. */
static const char *form_of(EVP_PKEY *with, const char *name, const char *value)
{
    struct buf message = buf_new(arena), form = buf_new(arena);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const char *text = name && strcmp(FIELDS[i].name, name) == 0 ? value : FIELDS[i].value;
        if (text)
            buf_printf(&message, "%s%s=%s", message.length ? "&" : "", FIELDS[i].name, text);
    }
    buf_printf(&form, "sign=%s&sign_type=RSA2",
               escaped(sign(with, (struct str){ buf_text(&message), message.length })));
    for (size_t i = FIELD_COUNT; i-- > 0;) {
        const char *text = name && strcmp(FIELDS[i].name, name) == 0 ? value : FIELDS[i].value;
        if (text)
            buf_printf(&form, "&%s=%s", FIELDS[i].name, escaped(text));
    }
    return buf_text(&form);
}

static enum status read_of(const char *form, struct cash_notice *ret)
{
    return alipay_read(alipay, arena, "tax", str_of(form), ret);
}

static void a_genuine_notice_is_read(void **state)
{
    (void)state;
    struct cash_notice notice;
    assert_int_equal(read_of(form_of(key, NULL, NULL), &notice), ST_OK);
    assert_true(notice.paid);
    assert_string_equal(notice.out_trade_no, "0199d5c503f77a628d1b94e6b0c7f215");
    assert_string_equal(notice.transaction_id, "2013112011001004330000121536");
    assert_int_equal(notice.amount_fen, 2000);
    assert_int_equal(notice.paid_us, INT64_C(1795227151) * 1000000);
    assert_int_equal(read_of(form_of(next_key, NULL, NULL), &notice), ST_OK);
    assert_int_equal(read_of(form_of(stranger, NULL, NULL), &notice), ST_NOTICE_NOT_GENUINE);
    assert_int_equal(alipay_read(alipay, arena, "nobody", str_of(form_of(key, NULL, NULL)), &notice),
                     ST_NOTICE_ADDRESS_UNKNOWN);
}

static const char *exchanged(const char *form, const char *from, const char *to)
{
    const char *at = strstr(form, from);
    assert_non_null(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - form), form, to, at + strlen(from));
}

static void every_field_is_signed(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum status status;
    } CASES[] = {
        { "total_amount=20.00", "total_amount=20.01", ST_NOTICE_NOT_GENUINE },
        { "&version=1.0", "", ST_NOTICE_NOT_GENUINE },
        { "&version=1.0", "&version=1.0&extra=1", ST_NOTICE_NOT_GENUINE },
        { "sign_type=RSA2", "sign_type=RSA", ST_NOTICE_NOT_GENUINE },
        { "sign=", "sign=AAAA", ST_NOTICE_NOT_GENUINE },
        { "&sign_type=RSA2", "", ST_NOTICE_NOT_GENUINE },
        { "&version=1.0", "&version=1.0&version=1.0", ST_NOTICE_MALFORMED },
        { "&version=1.0", "&version=1.0&total_amount=9.99", ST_NOTICE_MALFORMED },
        { "&version=1.0", "&version", ST_NOTICE_MALFORMED },
        { "&version=1.0", "&version=1.0%4", ST_NOTICE_MALFORMED },
        { "&version=1.0", "&version=1.0%zz", ST_NOTICE_MALFORMED },
        { "&version=1.0", "&version=1.0%00", ST_NOTICE_MALFORMED },
    };
    struct cash_notice notice;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (read_of(exchanged(form_of(key, NULL, NULL), CASES[i].from, CASES[i].to), &notice) != CASES[i].status)
            fail_msg("%s for %s", CASES[i].to, CASES[i].from);
    assert_int_equal(read_of("", &notice), ST_NOTICE_MALFORMED);
    assert_int_equal(read_of("%", &notice), ST_NOTICE_MALFORMED);
    assert_int_equal(read_of("a=%4", &notice), ST_NOTICE_MALFORMED);
    assert_int_equal(read_of("a=%", &notice), ST_NOTICE_MALFORMED);
}

static void what_it_says_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        enum status status;
    } CASES[] = {
        { "app_id", "2014072300007149", ST_NOTICE_NOT_OURS },
        { "app_id", NULL, ST_NOTICE_NOT_OURS },
        { "seller_id", "2088102172161713", ST_NOTICE_NOT_OURS },
        { "seller_id", NULL, ST_NOTICE_NOT_OURS },
        { "total_amount", "20.001", ST_NOTICE_MALFORMED },
        { "total_amount", "-20.00", ST_NOTICE_MALFORMED },
        { "total_amount", "0.00", ST_NOTICE_MALFORMED },
        { "total_amount", "20,00", ST_NOTICE_MALFORMED },
        { "total_amount", NULL, ST_NOTICE_MALFORMED },
        { "out_trade_no", NULL, ST_NOTICE_MALFORMED },
        { "trade_no", "", ST_NOTICE_MALFORMED },
        { "gmt_payment", NULL, ST_NOTICE_MALFORMED },
        { "gmt_payment", "2026-11-21T10:12:31", ST_NOTICE_MALFORMED },
        { "gmt_payment", "2026-13-21 10:12:31", ST_NOTICE_MALFORMED },
        { "trade_status", "TRADE_FINISHED", ST_OK },
        { "total_amount", "20", ST_OK },
        { "body", NULL, ST_OK },
    };
    struct cash_notice notice;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (read_of(form_of(key, CASES[i].name, CASES[i].value), &notice) != CASES[i].status)
            fail_msg("%s = %s", CASES[i].name, CASES[i].value ? CASES[i].value : "(none)");
    static const char *const NOT_PAID[] = { "WAIT_BUYER_PAY", "TRADE_CLOSED", "" };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(read_of(form_of(key, "trade_status", NOT_PAID[i]), &notice), ST_OK);
        assert_false(notice.paid);
    }
}

static void faulty_sections_stop_the_start(void **state)
{
    (void)state;
    static const char *const KEYS[] = { "gone.pem", "alipay.pem gone.pem", "test.ini" };
    for (size_t i = 0; i < 3; i++) {
        const char *why = NULL;
        struct alipay *none = NULL;
        struct conf *wrong = conf_of(
            arena_printf(arena, "[alipay a]\napp_id = 1\nseller_id = 2\npublic_keys = %s\n", KEYS[i]));
        assert_false(alipay_new(wrong, &none, &why, arena));
        assert_non_null(strstr(why, "[alipay a]"));
        assert_false(alipay_reload(alipay, wrong, &why, arena));
    }
    struct cash_notice notice;
    assert_int_equal(read_of(form_of(key, NULL, NULL), &notice), ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_genuine_notice_is_read),
        cmocka_unit_test(every_field_is_signed),
        cmocka_unit_test(what_it_says_is_checked),
        cmocka_unit_test(faulty_sections_stop_the_start),
    };
    return cmocka_run_group_tests_name("channel/alipay", tests, setup, teardown);
}
