/* WeChat Pay API v3 notices (pay.weixin.qq.com, "notification signature verification" and "certificate and callback decryption"). */
#include <gongji/channel/wechatpay.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include <gongji/base/clock.h>
#include <gongji/base/crypto.h>
#include <gongji/base/json.h>
#include <gongji/domain/cash.h>
#include <gongji/domain/civil_date.h>
#include <gongji/domain/money.h>

#include "rsa.h"

enum {
    KEY_BYTES = 32,
    NONCE_BYTES = 12,
    TAG_BYTES = 16,
    PLATFORM_KEYS_MAX = 8,
    WINDOW_S = 5 * 60, /* older or newer notices are replays or of a wrong clock */
    HEADER_MAX = 1024,
    US_PER_S = 1000000
};

struct platform_key {
    const char *serial;
    EVP_PKEY *key;
};

struct merchant {
    const char *name, *mchid, *appid; /* appid "": any */
    unsigned char apiv3_key[KEY_BYTES];
    struct platform_key keys[PLATFORM_KEYS_MAX];
    size_t key_count;
};

struct merchants {
    struct arena *arena;
    struct merchant *list;
    size_t count;
};

struct wechatpay {
    pthread_rwlock_t lock; /* guards merchants: read by every notice to its end, written by a reload */
    struct merchants *merchants;
};

/* --- configuration --- */

static bool fail(struct arena *arena, const char **ret_why, const char *name, const char *what)
{
    *ret_why = arena_printf(arena, "[wechatpay %s] %s", name, what);
    return false;
}

static bool apiv3_key_load(const char *path, unsigned char ret_key[static KEY_BYTES])
{
    char text[KEY_BYTES + 3] = "";
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    if (length == KEY_BYTES)
        memcpy(ret_key, text, KEY_BYTES);
    OPENSSL_cleanse(text, sizeof text);
    return length == KEY_BYTES;
}

/* "SERIAL=FILE SERIAL=FILE" */
static bool platform_keys_load(const struct conf *conf, struct arena *arena, struct merchant *merchant,
                               const char *entries, const char **ret_why)
{
    for (const char *at = entries; *(at += strspn(at, " \t")) != '\0'; at += strcspn(at, " \t")) {
        const char *entry = arena_strndup(arena, at, strcspn(at, " \t")), *equals = strchr(entry, '=');
        if (!equals || equals == entry || merchant->key_count == PLATFORM_KEYS_MAX)
            return fail(arena, ret_why, merchant->name, "platform_keys are at most 8 of SERIAL=FILE");
        struct platform_key *key = &merchant->keys[merchant->key_count++];
        key->serial = arena_strndup(arena, entry, (size_t)(equals - entry));
        key->key = rsa_key_load(arena, conf_resolve(conf, arena, equals + 1), key->serial, ret_why);
        if (!key->key)
            return fail(arena, ret_why, merchant->name, *ret_why);
    }
    return merchant->key_count > 0 || fail(arena, ret_why, merchant->name, "names no platform key");
}

static bool merchant_load(const struct conf *conf, struct arena *arena, const struct conf_wechatpay *from,
                          struct merchant *ret, const char **ret_why)
{
    ret->name = arena_strdup(arena, from->name);
    ret->mchid = arena_strdup(arena, from->mchid);
    ret->appid = arena_strdup(arena, from->appid);
    if (!apiv3_key_load(conf_resolve(conf, arena, from->apiv3_key), ret->apiv3_key))
        return fail(arena, ret_why, ret->name, "apiv3_key is no file of 32 bytes");
    return platform_keys_load(conf, arena, ret, from->platform_keys, ret_why);
}

static void merchants_free(struct merchants *merchants)
{
    if (!merchants)
        return;
    for (size_t i = 0; i < merchants->count; i++)
        OPENSSL_cleanse(merchants->list[i].apiv3_key, KEY_BYTES);
    arena_free(merchants->arena);
}

static bool merchants_load(const struct conf *conf, struct merchants **ret, const char **ret_why,
                           struct arena *why_arena)
{
    size_t count;
    const struct conf_wechatpay *from = conf_wechatpays(conf, &count);
    struct arena *arena = arena_new();
    struct merchants *merchants = arena_alloc(arena, sizeof *merchants);
    *merchants = (struct merchants){ arena, arena_alloc(arena, (count + 1) * sizeof *merchants->list), count };
    for (size_t i = 0; i < count; i++)
        if (!merchant_load(conf, arena, &from[i], &merchants->list[i], ret_why)) {
            *ret_why = arena_strdup(why_arena, *ret_why);
            merchants_free(merchants);
            return false;
        }
    *ret = merchants;
    return true;
}

bool wechatpay_new(const struct conf *conf, struct wechatpay **ret, const char **ret_why, struct arena *arena)
{
    struct merchants *merchants;
    if (!merchants_load(conf, &merchants, ret_why, arena))
        return false;
    struct wechatpay *wechatpay = arena_alloc(arena, sizeof *wechatpay);
    pthread_rwlock_init(&wechatpay->lock, NULL);
    wechatpay->merchants = merchants;
    *ret = wechatpay;
    return true;
}

bool wechatpay_reload(struct wechatpay *wechatpay, const struct conf *conf, const char **ret_why, struct arena *arena)
{
    struct merchants *merchants;
    if (!merchants_load(conf, &merchants, ret_why, arena))
        return false;
    pthread_rwlock_wrlock(&wechatpay->lock);
    struct merchants *old = wechatpay->merchants;
    wechatpay->merchants = merchants;
    pthread_rwlock_unlock(&wechatpay->lock);
    merchants_free(old);
    return true;
}

void wechatpay_free(struct wechatpay *wechatpay)
{
    if (!wechatpay)
        return;
    merchants_free(wechatpay->merchants);
    pthread_rwlock_destroy(&wechatpay->lock);
}

/* --- a notice --- */

static const struct merchant *merchant_named(const struct merchants *merchants, const char *name)
{
    for (size_t i = 0; i < merchants->count; i++)
        if (text_equal(merchants->list[i].name, name))
            return &merchants->list[i];
    return NULL;
}

static EVP_PKEY *key_of(const struct merchant *merchant, const char *serial)
{
    for (size_t i = 0; i < merchant->key_count; i++)
        if (text_equal(merchant->keys[i].serial, serial))
            return merchant->keys[i].key;
    return NULL;
}

/* Real time: a development clock that is moved does not make genuine notices old. */
static bool timely(const char *timestamp)
{
    int64_t at_s, now_s = (clock_now_us() - clock_offset_us()) / US_PER_S;
    return parse_int64(timestamp, &at_s) && at_s >= now_s - WINDOW_S && at_s <= now_s + WINDOW_S;
}

/* "TIMESTAMP\nNONCE\nBODY\n" */
static bool signed_well(const struct merchant *merchant, struct arena *arena, const struct wechatpay_notice *notice)
{
    struct str signature;
    EVP_PKEY *key = key_of(merchant, notice->serial);
    if (!key || !notice->timestamp || !notice->nonce || !notice->signature || !timely(notice->timestamp) ||
        strnlen(notice->nonce, HEADER_MAX) == HEADER_MAX || strnlen(notice->signature, HEADER_MAX) == HEADER_MAX ||
        !base64_decode(arena, str_of(notice->signature), &signature))
        return false;
    struct buf message = buf_new(arena);
    buf_printf(&message, "%s\n%s\n", notice->timestamp, notice->nonce);
    buf_append_n(&message, notice->body.bytes, notice->body.length);
    buf_append_char(&message, '\n');
    return rsa_verify(key, (struct str){ buf_text(&message), message.length }, signature);
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const json_t *object_in(struct arena *arena, struct str text)
{
    struct faults faults = { .arena = arena };
    const json_t *value = json_read(&faults, text);
    return json_is_object(value) ? value : NULL;
}

static void cipher_freep(EVP_CIPHER_CTX **context)
{
    EVP_CIPHER_CTX_free(*context);
}

/* AEAD_AES_256_GCM (RFC 5116): the tag is the ciphertext's end. */
static bool unseal(const struct merchant *merchant, struct arena *arena, const json_t *resource, struct str *ret_plain)
{
    const char *algorithm = text_of(resource, "algorithm"), *nonce = text_of(resource, "nonce");
    const char *sealed = text_of(resource, "ciphertext"), *aad = text_of(resource, "associated_data");
    struct str cipher;
    int done;
    if (!text_equal(algorithm, "AEAD_AES_256_GCM") || !nonce || strlen(nonce) != NONCE_BYTES || !sealed ||
        !base64_decode(arena, str_of(sealed), &cipher) || cipher.length < TAG_BYTES || cipher.length > INT32_MAX)
        return false;
    size_t length = cipher.length - TAG_BYTES;
    unsigned char *plain = arena_alloc(arena, length + 1), tag[TAG_BYTES];
    memcpy(tag, cipher.bytes + length, TAG_BYTES);
    aad = aad ? aad : "";
    CLEANUP(cipher_freep) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!context ||
        EVP_DecryptInit_ex2(context, EVP_aes_256_gcm(), merchant->apiv3_key, (const unsigned char *)nonce, NULL) != 1 ||
        EVP_DecryptUpdate(context, NULL, &done, (const unsigned char *)aad, (int)strlen(aad)) != 1 ||
        EVP_DecryptUpdate(context, plain, &done, (const unsigned char *)cipher.bytes, (int)length) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) != 1 ||
        EVP_DecryptFinal_ex(context, plain + length, &done) != 1)
        return false;
    *ret_plain = (struct str){ (const char *)plain, length };
    return true;
}

/* The decrypted transaction. Foreign currency is not ours to take. */
static enum status transaction_read(const struct merchant *merchant, const json_t *transaction, struct cash_notice *ret)
{
    const json_t *amount = json_object_get(transaction, "amount");
    const char *currency = text_of(amount, "currency"), *paid_at = text_of(transaction, "success_time");
    if (!text_equal(text_of(transaction, "mchid"), merchant->mchid) ||
        (*merchant->appid && !text_equal(text_of(transaction, "appid"), merchant->appid)))
        return ST_NOTICE_NOT_OURS;
    struct cash_notice notice = {
        .paid = text_equal(text_of(transaction, "trade_state"), "SUCCESS"),
        .out_trade_no = text_of(transaction, "out_trade_no"),
        .transaction_id = text_of(transaction, "transaction_id"),
        .amount_fen = json_integer_value(json_object_get(amount, "total")),
    };
    if (!notice.paid) {
        *ret = notice;
        return ST_OK;
    }
    if (!notice.out_trade_no || !cash_transaction_valid(notice.out_trade_no) || !notice.transaction_id ||
        !cash_transaction_valid(notice.transaction_id) || !json_is_integer(json_object_get(amount, "total")) ||
        notice.amount_fen < 1 || notice.amount_fen > FEN_MAX || (currency && !text_equal(currency, "CNY")) ||
        !paid_at || !civil_instant(paid_at, &notice.paid_us))
        return ST_NOTICE_MALFORMED;
    *ret = notice;
    return ST_OK;
}

static enum status merchant_read(const struct merchant *merchant, struct arena *arena,
                                 const struct wechatpay_notice *notice, struct cash_notice *ret)
{
    struct str plain;
    if (!merchant)
        return ST_NOTICE_ADDRESS_UNKNOWN;
    if (!signed_well(merchant, arena, notice))
        return ST_NOTICE_NOT_GENUINE;
    const json_t *outer = object_in(arena, notice->body);
    if (!outer)
        return ST_NOTICE_MALFORMED;
    if (!text_equal(text_of(outer, "event_type"), "TRANSACTION.SUCCESS")) {
        *ret = (struct cash_notice){ .paid = false };
        return ST_OK;
    }
    if (!unseal(merchant, arena, json_object_get(outer, "resource"), &plain))
        return ST_NOTICE_NOT_GENUINE;
    const json_t *transaction = object_in(arena, plain);
    return transaction ? transaction_read(merchant, transaction, ret) : ST_NOTICE_MALFORMED;
}

enum status wechatpay_read(struct wechatpay *wechatpay, struct arena *arena, const char *merchant,
                           const struct wechatpay_notice *notice, struct cash_notice *ret)
{
    pthread_rwlock_rdlock(&wechatpay->lock);
    enum status status = merchant_read(merchant_named(wechatpay->merchants, merchant), arena, notice, ret);
    pthread_rwlock_unlock(&wechatpay->lock);
    return status;
}
