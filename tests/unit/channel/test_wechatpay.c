/* WeChat Pay v3 notices: what is believed, what is not, and what they say. */
#include <gongji/channel/wechatpay.h>

#include "keys.h"

#include <time.h>

#include <openssl/evp.h>

#define APIV3_KEY "0123456789abcdef0123456789ABCDEF"

static EVP_PKEY *platform, *next_platform, *stranger;
static struct wechatpay *wechatpay;
static struct conf *conf;

static const char SECTIONS[] =
    "[wechatpay bureau]\nmchid = 1900000109\nappid = wx8888888888888888\napiv3_key = apiv3\n"
    "platform_keys = 5157F09EFDC096DE15EBE81A47057A72=platform.pem NEXT=next.pem\n"
    "[wechatpay any_app]\nmchid = 1900000109\napiv3_key = apiv3\nplatform_keys = NEXT=next.pem\n";

static int setup(void **state)
{
    (void)state;
    const char *why = "";
    keys_setup();
    platform = key_make("platform.pem", 2048);
    next_platform = key_make("next.pem", 2048);
    stranger = key_make("stranger.pem", 2048);
    key_make("weak.pem", 1024);
    file_write("apiv3", APIV3_KEY "\n");
    file_write("short", "too short");
    conf = conf_of(SECTIONS);
    if (!wechatpay_new(conf, &wechatpay, &why, arena))
        fail_msg("%s", why);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    wechatpay_free(wechatpay);
    keys_teardown();
    return 0;
}

/* What WeChat Pay would put into "resource". */
static const char *seal(const char *plain, const char *nonce, const char *aad)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    size_t length = strlen(plain);
    unsigned char *cipher = arena_alloc(arena, length + 16);
    int done;
    assert_int_equal(EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), (const unsigned char *)APIV3_KEY,
                                         (const unsigned char *)nonce, NULL),
                     1);
    EVP_EncryptUpdate(context, NULL, &done, (const unsigned char *)aad, (int)strlen(aad));
    EVP_EncryptUpdate(context, cipher, &done, (const unsigned char *)plain, (int)length);
    EVP_EncryptFinal_ex(context, cipher + length, &done);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, cipher + length);
    EVP_CIPHER_CTX_free(context);
    return base64_encode(arena, (struct str){ (const char *)cipher, length + 16 });
}

/* The published shape of a payment notice. */
#define TRANSACTION                                                                                                                 \
    "{\"transaction_id\":\"1217752501201407033233368018\",\"amount\":{\"payer_total\":2000,\"total\":2000,\"currency\":\"CNY\","    \
    "\"payer_currency\":\"CNY\"},\"mchid\":\"1900000109\",\"trade_state\":\"SUCCESS\",\"bank_type\":\"CMC\","                       \
    "\"success_time\":\"2026-11-21T10:12:31+08:00\",\"payer\":{\"openid\":\"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o\"},"                       \
    "\"out_trade_no\":\"0199d5c503f77a628d1b94e6b0c7f215\",\"appid\":\"wx8888888888888888\",\"trade_state_desc\":\"支付成功\"," \
    "\"trade_type\":\"JSAPI\",\"attach\":\"\"}"

static const char *envelope(const char *event, const char *plain)
{
    return arena_printf(
        arena,
        "{\"id\":\"EV-2018022511223320873\",\"create_time\":\"2026-11-21T10:12:32+08:00\",\"resource_type\":\"encrypt-resource\","
        "\"event_type\":\"%s\",\"summary\":\"支付成功\",\"resource\":{\"original_type\":\"transaction\","
        "\"algorithm\":\"AEAD_AES_256_GCM\",\"ciphertext\":\"%s\",\"associated_data\":\"transaction\",\"nonce\":\"fdasflkja484\"}}",
        event, seal(plain, "fdasflkja484", "transaction"));
}

static struct wechatpay_notice signed_by(EVP_PKEY *key, const char *serial, const char *body, int64_t at_s)
{
    const char *timestamp = arena_printf(arena, "%lld", (long long)at_s), *nonce = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";
    const char *message = arena_printf(arena, "%s\n%s\n%s\n", timestamp, nonce, body);
    return (struct wechatpay_notice){ timestamp, nonce, sign(key, str_of(message)), serial, str_of(body) };
}

static struct wechatpay_notice genuine(const char *plain)
{
    return signed_by(platform, "5157F09EFDC096DE15EBE81A47057A72", envelope("TRANSACTION.SUCCESS", plain), time(NULL));
}

static enum status read_of(struct wechatpay_notice notice, struct cash_notice *ret)
{
    return wechatpay_read(wechatpay, arena, "bureau", &notice, ret);
}

static void a_genuine_notice_is_read(void **state)
{
    (void)state;
    struct cash_notice notice;
    assert_int_equal(read_of(genuine(TRANSACTION), &notice), ST_OK);
    assert_true(notice.paid);
    assert_string_equal(notice.out_trade_no, "0199d5c503f77a628d1b94e6b0c7f215");
    assert_string_equal(notice.transaction_id, "1217752501201407033233368018");
    assert_int_equal(notice.amount_fen, 2000);
    assert_int_equal(notice.paid_us, INT64_C(1795227151) * 1000000);
}

static void the_key_is_chosen_by_serial(void **state)
{
    (void)state;
    struct cash_notice notice;
    const char *body = envelope("TRANSACTION.SUCCESS", TRANSACTION);
    assert_int_equal(read_of(signed_by(next_platform, "NEXT", body, time(NULL)), &notice), ST_OK);
    assert_int_equal(read_of(signed_by(platform, "NEXT", body, time(NULL)), &notice), ST_NOTICE_NOT_GENUINE);
    assert_int_equal(read_of(signed_by(platform, "unknown", body, time(NULL)), &notice), ST_NOTICE_NOT_GENUINE);
    assert_int_equal(read_of(signed_by(platform, NULL, body, time(NULL)), &notice), ST_NOTICE_NOT_GENUINE);
    assert_int_equal(read_of(signed_by(stranger, "NEXT", body, time(NULL)), &notice), ST_NOTICE_NOT_GENUINE);
}

static void every_byte_and_header_is_signed(void **state)
{
    (void)state;
    struct cash_notice notice;
    struct wechatpay_notice good = genuine(TRANSACTION), bad = good;
    char *body = arena_strndup(arena, good.body.bytes, good.body.length);
    body[good.body.length - 2] = ' '; /* still JSON to the eye */
    bad.body.bytes = body;
    assert_int_equal(read_of(bad, &notice), ST_NOTICE_NOT_GENUINE);
    bad = good;
    bad.body.length--;
    assert_int_equal(read_of(bad, &notice), ST_NOTICE_NOT_GENUINE);
    bad = good;
    bad.nonce = "other";
    assert_int_equal(read_of(bad, &notice), ST_NOTICE_NOT_GENUINE);
    bad = good;
    bad.timestamp = arena_printf(arena, "%lld", (long long)time(NULL) + 1);
    assert_int_equal(read_of(bad, &notice), ST_NOTICE_NOT_GENUINE);
    const char **headers[] = { &bad.timestamp, &bad.nonce, &bad.signature };
    for (size_t i = 0; i < 3; i++) {
        bad = good;
        *headers[i] = NULL;
        assert_int_equal(read_of(bad, &notice), ST_NOTICE_NOT_GENUINE);
        *headers[i] = "";
        assert_int_equal(read_of(bad, &notice), ST_NOTICE_NOT_GENUINE);
    }
    bad = good;
    bad.signature = arena_printf(arena, "WECHATPAY/SIGNTEST/%s", good.signature); /* WeChat Pay probes with these */
    assert_int_equal(read_of(bad, &notice), ST_NOTICE_NOT_GENUINE);
}

static void five_minutes_either_way(void **state)
{
    (void)state;
    struct cash_notice notice;
    const char *body = envelope("TRANSACTION.SUCCESS", TRANSACTION);
    static const struct {
        int64_t off_s;
        enum status status;
    } CASES[] = { { -290, ST_OK },
                  { 290, ST_OK },
                  { -310, ST_NOTICE_NOT_GENUINE },
                  { 310, ST_NOTICE_NOT_GENUINE },
                  { -86400, ST_NOTICE_NOT_GENUINE } };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(read_of(signed_by(next_platform, "NEXT", body, time(NULL) + CASES[i].off_s), &notice),
                         CASES[i].status);
}

static void the_seal_has_to_open(void **state)
{
    (void)state;
    struct cash_notice notice;
    const char *good = envelope("TRANSACTION.SUCCESS", TRANSACTION);
    static const struct {
        const char *from, *to;
    } CHANGES[] = {
        { "fdasflkja484", "fdasflkja485" },
        { "\"associated_data\":\"transaction\"", "\"associated_data\":\"other\"" },
        { "\"algorithm\":\"AEAD_AES_256_GCM\"", "\"algorithm\":\"NONE\"" },
        { "\"ciphertext\":\"", "\"ciphertext\":\"AAAA" },
        { "\"ciphertext\":\"", "\"ciphertext\":\"!" },
        { "\"nonce\":\"fdasflkja484\"", "\"nonce\":\"short\"" },
        { "\"resource\":", "\"other\":" },
    };
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        const char *at = strstr(good, CHANGES[i].from);
        assert_non_null(at);
        const char *body = arena_printf(arena, "%.*s%s%s", (int)(at - good), good, CHANGES[i].to,
                                        at + strlen(CHANGES[i].from));
        assert_int_equal(read_of(signed_by(next_platform, "NEXT", body, time(NULL)), &notice), ST_NOTICE_NOT_GENUINE);
    }
    static const char EMPTY_AAD[] = "\"associated_data\":\"\"";
    const char *body = arena_printf(
        arena,
        "{\"event_type\":\"TRANSACTION.SUCCESS\",\"resource\":{\"algorithm\":\"AEAD_AES_256_GCM\",%s,\"nonce\":\"fdasflkja484\",\"ciphertext\":\"%s\"}}",
        EMPTY_AAD, seal(TRANSACTION, "fdasflkja484", ""));
    assert_int_equal(read_of(signed_by(next_platform, "NEXT", body, time(NULL)), &notice), ST_OK);
}

/* The transaction with one piece of text exchanged. */
static enum status changed(const char *from, const char *to, struct cash_notice *ret)
{
    const char *at = strstr(TRANSACTION, from);
    assert_non_null(at);
    return read_of(
        genuine(arena_printf(arena, "%.*s%s%s", (int)(at - TRANSACTION), TRANSACTION, to, at + strlen(from))), ret);
}

static void what_it_says_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum status status;
    } CASES[] = {
        { "\"mchid\":\"1900000109\"", "\"mchid\":\"1900000110\"", ST_NOTICE_NOT_OURS },
        { "wx8888888888888888", "wx9999999999999999", ST_NOTICE_NOT_OURS },
        { "\"total\":2000,\"currency\"", "\"total\":\"2000\",\"currency\"", ST_NOTICE_MALFORMED },
        { "\"total\":2000,\"currency\"", "\"total\":20.00,\"currency\"", ST_NOTICE_MALFORMED },
        { "\"total\":2000,\"currency\"", "\"total\":0,\"currency\"", ST_NOTICE_MALFORMED },
        { "\"total\":2000,\"currency\"", "\"total\":-2000,\"currency\"", ST_NOTICE_MALFORMED },
        { "\"currency\":\"CNY\"", "\"currency\":\"USD\"", ST_NOTICE_MALFORMED },
        { "\"out_trade_no\":\"0199d5c503f77a628d1b94e6b0c7f215\"", "\"out_trade_no\":\"\"", ST_NOTICE_MALFORMED },
        { "\"transaction_id\":\"1217752501201407033233368018\"", "\"transaction_id\":7", ST_NOTICE_MALFORMED },
        { "2026-11-21T10:12:31+08:00", "yesterday", ST_NOTICE_MALFORMED },
        { "{\"transaction_id\"", "[{\"transaction_id\"", ST_NOTICE_MALFORMED },
        { "\"attach\":\"\"", "\"mchid\":\"1900000109\"", ST_NOTICE_MALFORMED }, /* twice */
    };
    struct cash_notice notice;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (changed(CASES[i].from, CASES[i].to, &notice) != CASES[i].status)
            fail_msg("%s for %s", CASES[i].to, CASES[i].from);
    assert_int_equal(changed("\"trade_state\":\"SUCCESS\"", "\"trade_state\":\"CLOSED\"", &notice), ST_OK);
    assert_false(notice.paid);
}

static void other_events_are_only_acknowledged(void **state)
{
    (void)state;
    struct cash_notice notice = { .paid = true };
    assert_int_equal(
        read_of(signed_by(next_platform, "NEXT", envelope("PAYSCORE.USER_OPEN_SERVICE", "{}"), time(NULL)), &notice),
        ST_OK);
    assert_false(notice.paid);
    assert_int_equal(read_of(signed_by(next_platform, "NEXT", "no JSON", time(NULL)), &notice), ST_NOTICE_MALFORMED);
    assert_int_equal(read_of(signed_by(next_platform, "NEXT", "", time(NULL)), &notice), ST_NOTICE_MALFORMED);
}

static void a_merchant_knows_only_its_own_keys(void **state)
{
    (void)state;
    struct cash_notice notice;
    struct wechatpay_notice in = genuine(TRANSACTION);
    assert_int_equal(wechatpay_read(wechatpay, arena, "any_app", &in, &notice), ST_NOTICE_NOT_GENUINE);
    assert_int_equal(wechatpay_read(wechatpay, arena, "nobody", &in, &notice), ST_NOTICE_ADDRESS_UNKNOWN);
    in = signed_by(next_platform, "NEXT", envelope("TRANSACTION.SUCCESS", TRANSACTION), time(NULL));
    assert_int_equal(wechatpay_read(wechatpay, arena, "any_app", &in, &notice), ST_OK);
}

static void rotation_by_reload(void **state)
{
    (void)state;
    const char *why = "";
    struct cash_notice notice;
    struct wechatpay_notice old = genuine(TRANSACTION);
    struct conf *fresh = conf_of(
        "[wechatpay bureau]\nmchid = 1900000109\napiv3_key = apiv3\nplatform_keys = NEXT=next.pem\n");
    assert_true(wechatpay_reload(wechatpay, fresh, &why, arena));
    assert_int_equal(read_of(old, &notice), ST_NOTICE_NOT_GENUINE);
    assert_int_equal(
        read_of(signed_by(next_platform, "NEXT", envelope("TRANSACTION.SUCCESS", TRANSACTION), time(NULL)), &notice),
        ST_OK);
    assert_false(wechatpay_reload(
        wechatpay, conf_of("[wechatpay bureau]\nmchid = 1\napiv3_key = apiv3\nplatform_keys = A=gone.pem\n"), &why,
        arena));
    assert_int_equal(
        read_of(signed_by(next_platform, "NEXT", envelope("TRANSACTION.SUCCESS", TRANSACTION), time(NULL)), &notice),
        ST_OK);
    assert_true(wechatpay_reload(wechatpay, conf, &why, arena));
}

static void faulty_sections_stop_the_start(void **state)
{
    (void)state;
    static const char *const SECTIONS_WRONG[] = {
        "apiv3_key = short\nplatform_keys = A=platform.pem", "apiv3_key = gone\nplatform_keys = A=platform.pem",
        "apiv3_key = apiv3\nplatform_keys = A=gone.pem",     "apiv3_key = apiv3\nplatform_keys = A=weak.pem",
        "apiv3_key = apiv3\nplatform_keys = A=apiv3",        "apiv3_key = apiv3\nplatform_keys = platform.pem",
        "apiv3_key = apiv3\nplatform_keys = =platform.pem",
    };
    for (size_t i = 0; i < sizeof SECTIONS_WRONG / sizeof *SECTIONS_WRONG; i++) {
        const char *why = NULL;
        struct wechatpay *none = NULL;
        struct conf *wrong = conf_of(arena_printf(arena, "[wechatpay w]\nmchid = 1\n%s\n", SECTIONS_WRONG[i]));
        if (wechatpay_new(wrong, &none, &why, arena))
            fail_msg("taken: %s", SECTIONS_WRONG[i]);
        assert_non_null(strstr(why, "[wechatpay w]"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_genuine_notice_is_read),
        cmocka_unit_test(the_key_is_chosen_by_serial),
        cmocka_unit_test(every_byte_and_header_is_signed),
        cmocka_unit_test(five_minutes_either_way),
        cmocka_unit_test(the_seal_has_to_open),
        cmocka_unit_test(what_it_says_is_checked),
        cmocka_unit_test(other_events_are_only_acknowledged),
        cmocka_unit_test(a_merchant_knows_only_its_own_keys),
        cmocka_unit_test(rotation_by_reload),
        cmocka_unit_test(faulty_sections_stop_the_start),
    };
    return cmocka_run_group_tests_name("channel/wechatpay", tests, setup, teardown);
}
