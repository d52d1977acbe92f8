#pragma once
/* Payment notices of WeChat Pay, API v3: signature over the raw body by a key of the platform, content sealed with the
 * merchant's APIv3 key. Formats and cryptography only; what a notice means for a payment is decided elsewhere. */
#include <gongji/base/conf.h>
#include <gongji/base/status.h>
#include <gongji/base/str.h>
#include <gongji/channel/notice.h>

struct wechatpay;
/* Merchants of the sections [wechatpay NAME]. False with one plain line when a key is missing or weak. A reload keeps the old
 * keys when a new one is faulty. */
bool wechatpay_new(const struct conf *conf, struct wechatpay **ret, const char **ret_why, struct arena *arena);
bool wechatpay_reload(struct wechatpay *wechatpay, const struct conf *conf, const char **ret_why, struct arena *arena);
void wechatpay_free(struct wechatpay *wechatpay); /* NULL is fine */

/* Headers Wechatpay-Timestamp, -Nonce, -Signature, -Serial (NULL: absent) and the body as it came. */
struct wechatpay_notice {
    const char *timestamp, *nonce, *signature, *serial;
    struct str body;
};
/* ST_NOTICE_ADDRESS_UNKNOWN: no such merchant; ST_NOTICE_NOT_GENUINE: signature, time (real time, five minutes), serial or seal;
 * ST_NOTICE_NOT_OURS: of another merchant or app; ST_NOTICE_MALFORMED: genuine, but not to be understood. */
enum status wechatpay_read(struct wechatpay *wechatpay, struct arena *arena, const char *merchant,
                           const struct wechatpay_notice *notice, struct cash_notice *ret);
