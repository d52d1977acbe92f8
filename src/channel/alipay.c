/* Alipay notices (opendocs.alipay.com, "asynchronous notification": verification and fields). */
#include <gongji/channel/alipay.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <gongji/base/crypto.h>
#include <gongji/domain/cash.h>
#include <gongji/domain/civil_date.h>
#include <gongji/domain/money.h>

#include "rsa.h"

enum { PUBLIC_KEYS_MAX = 4, FIELDS_MAX = 100 };

struct app {
    const char *name, *app_id, *seller_id;
    EVP_PKEY *keys[PUBLIC_KEYS_MAX];
    size_t key_count;
};

struct apps {
    struct arena *arena;
    struct app *list;
    size_t count;
};

struct alipay {
    pthread_rwlock_t lock; /* guards apps: read by every notice to its end, written by a reload */
    struct apps *apps;
};

/* --- configuration --- */

static bool app_load(const struct conf *conf, struct arena *arena, const struct conf_alipay *from, struct app *ret,
                     const char **ret_why)
{
    ret->name = arena_strdup(arena, from->name);
    ret->app_id = arena_strdup(arena, from->app_id);
    ret->seller_id = arena_strdup(arena, from->seller_id);
    for (const char *at = from->public_keys; *(at += strspn(at, " \t")) != '\0'; at += strcspn(at, " \t")) {
        const char *file = arena_strndup(arena, at, strcspn(at, " \t"));
        const char *why = "more than 4 public_keys";
        EVP_PKEY *key = ret->key_count < PUBLIC_KEYS_MAX
                            ? rsa_key_load(arena, conf_resolve(conf, arena, file), NULL, &why)
                            : NULL;
        if (!key) {
            *ret_why = arena_printf(arena, "[alipay %s] %s", ret->name, why);
            return false;
        }
        ret->keys[ret->key_count++] = key;
    }
    *ret_why = arena_printf(arena, "[alipay %s] names no public key", ret->name);
    return ret->key_count > 0;
}

static bool apps_load(const struct conf *conf, struct apps **ret, const char **ret_why, struct arena *why_arena)
{
    size_t count;
    const struct conf_alipay *from = conf_alipays(conf, &count);
    struct arena *arena = arena_new();
    struct apps *apps = arena_alloc(arena, sizeof *apps);
    *apps = (struct apps){ arena, arena_alloc(arena, (count + 1) * sizeof *apps->list), count };
    for (size_t i = 0; i < count; i++)
        if (!app_load(conf, arena, &from[i], &apps->list[i], ret_why)) {
            *ret_why = arena_strdup(why_arena, *ret_why);
            arena_free(arena);
            return false;
        }
    *ret = apps;
    return true;
}

bool alipay_new(const struct conf *conf, struct alipay **ret, const char **ret_why, struct arena *arena)
{
    struct apps *apps;
    if (!apps_load(conf, &apps, ret_why, arena))
        return false;
    struct alipay *alipay = arena_alloc(arena, sizeof *alipay);
    pthread_rwlock_init(&alipay->lock, NULL);
    alipay->apps = apps;
    *ret = alipay;
    return true;
}

bool alipay_reload(struct alipay *alipay, const struct conf *conf, const char **ret_why, struct arena *arena)
{
    struct apps *apps;
    if (!apps_load(conf, &apps, ret_why, arena))
        return false;
    pthread_rwlock_wrlock(&alipay->lock);
    struct apps *old = alipay->apps;
    alipay->apps = apps;
    pthread_rwlock_unlock(&alipay->lock);
    arena_free(old->arena);
    return true;
}

void alipay_free(struct alipay *alipay)
{
    if (!alipay)
        return;
    arena_free(alipay->apps->arena);
    pthread_rwlock_destroy(&alipay->lock);
}

/* --- the form --- */

struct field_pair {
    const char *name, *value;
};

struct form {
    struct field_pair fields[FIELDS_MAX];
    size_t count;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded; NULL for a broken escape or a NUL. */
static char *unescaped(struct arena *arena, const char *text, size_t length)
{
    char *plain = arena_alloc(arena, length + 1), *to = plain;
    for (size_t i = 0; i < length; i++, to++) {
        *to = text[i] == '+' ? ' ' : text[i];
        if (text[i] == '%') {
            int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0)
                return NULL;
            *to = (char)(high << 4 | low);
            i += 2;
        }
        if (*to == '\0')
            return NULL;
    }
    return plain;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct field_pair *)a)->name, ((const struct field_pair *)b)->name);
}

/* Sorted by name; a name given twice could mean one thing to the signature and another to us. */
static bool form_read(struct arena *arena, struct str text, struct form *ret)
{
    const char *at = text.bytes, *end = text.bytes + text.length;
    ret->count = 0;
    while (at < end) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        next = next ? next : end;
        const char *equals = memchr(at, '=', (size_t)(next - at));
        if (!equals || ret->count == FIELDS_MAX)
            return false;
        struct field_pair *field = &ret->fields[ret->count++];
        field->name = unescaped(arena, at, (size_t)(equals - at));
        field->value = unescaped(arena, equals + 1, (size_t)(next - equals - 1));
        if (!field->name || !field->value)
            return false;
        at = next + 1;
    }
    qsort(ret->fields, ret->count, sizeof *ret->fields, by_name);
    for (size_t i = 1; i < ret->count; i++)
        if (strcmp(ret->fields[i - 1].name, ret->fields[i].name) == 0)
            return false;
    return ret->count > 0;
}

static const char *field_of(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return form->fields[i].value;
    return NULL;
}

/* --- a notice --- */

/* SHA256withRSA over "name=value&…" of all fields but sign and sign_type, sorted. */
static bool signed_well(const struct app *app, struct arena *arena, const struct form *form)
{
    struct str signature;
    const char *sign = field_of(form, "sign");
    if (!text_equal(field_of(form, "sign_type"), "RSA2") || !sign || !base64_decode(arena, str_of(sign), &signature))
        return false;
    struct buf message = buf_new(arena);
    for (size_t i = 0; i < form->count; i++) {
        const struct field_pair *field = &form->fields[i];
        if (strcmp(field->name, "sign") != 0 && strcmp(field->name, "sign_type") != 0)
            buf_printf(&message, "%s%s=%s", message.length ? "&" : "", field->name, field->value);
    }
    for (size_t i = 0; i < app->key_count; i++)
        if (rsa_verify(app->keys[i], (struct str){ buf_text(&message), message.length }, signature))
            return true;
    return false;
}

/* "yyyy-MM-dd HH:mm:ss" of China. */
static bool paid_at(struct arena *arena, const char *text, int64_t *ret_us)
{
    if (!text || strlen(text) != 19 || text[10] != ' ')
        return false;
    return civil_instant(arena_printf(arena, "%.10sT%s+08:00", text, text + 11), ret_us);
}

static enum status trade_read(const struct app *app, struct arena *arena, const struct form *form,
                              struct cash_notice *ret)
{
    static const char *const PAID[] = { "TRADE_SUCCESS", "TRADE_FINISHED", NULL };
    const char *status = field_of(form, "trade_status"), *amount = field_of(form, "total_amount");
    if (!text_equal(field_of(form, "app_id"), app->app_id) || !text_equal(field_of(form, "seller_id"), app->seller_id))
        return ST_NOTICE_NOT_OURS;
    struct cash_notice notice = { .paid = status && text_in(status, PAID),
                                  .out_trade_no = field_of(form, "out_trade_no"),
                                  .transaction_id = field_of(form, "trade_no") };
    if (!notice.paid) {
        *ret = notice;
        return ST_OK;
    }
    if (!notice.out_trade_no || !cash_transaction_valid(notice.out_trade_no) || !notice.transaction_id ||
        !cash_transaction_valid(notice.transaction_id) || !amount || !money_parse_yuan(amount, &notice.amount_fen) ||
        notice.amount_fen < 1 || !paid_at(arena, field_of(form, "gmt_payment"), &notice.paid_us))
        return ST_NOTICE_MALFORMED;
    *ret = notice;
    return ST_OK;
}

static const struct app *app_named(const struct apps *apps, const char *name)
{
    for (size_t i = 0; i < apps->count; i++)
        if (text_equal(apps->list[i].name, name))
            return &apps->list[i];
    return NULL;
}

static enum status app_read(const struct app *app, struct arena *arena, struct str text, struct cash_notice *ret)
{
    struct form *form = arena_alloc(arena, sizeof *form);
    if (!app)
        return ST_NOTICE_ADDRESS_UNKNOWN;
    if (!form_read(arena, text, form))
        return ST_NOTICE_MALFORMED;
    if (!signed_well(app, arena, form))
        return ST_NOTICE_NOT_GENUINE;
    return trade_read(app, arena, form, ret);
}

enum status alipay_read(struct alipay *alipay, struct arena *arena, const char *app, struct str form,
                        struct cash_notice *ret)
{
    pthread_rwlock_rdlock(&alipay->lock);
    enum status status = app_read(app_named(alipay->apps, app), arena, form, ret);
    pthread_rwlock_unlock(&alipay->lock);
    return status;
}
