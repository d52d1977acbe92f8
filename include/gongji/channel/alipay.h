#pragma once
/* Payment notices of Alipay: a form, signed with RSA2 over its sorted fields. Formats and cryptography only. */
#include <gongji/base/conf.h>
#include <gongji/base/status.h>
#include <gongji/base/str.h>
#include <gongji/channel/notice.h>

struct alipay;
/* Apps of the sections [alipay NAME]; as with wechatpay_new(). */
bool alipay_new(const struct conf *conf, struct alipay **ret, const char **ret_why, struct arena *arena);
bool alipay_reload(struct alipay *alipay, const struct conf *conf, const char **ret_why, struct arena *arena);
void alipay_free(struct alipay *alipay); /* NULL is fine */

/* `form` is the body as it came. Failures as those of wechatpay_read(). */
enum status alipay_read(struct alipay *alipay, struct arena *arena, const char *app, struct str form,
                        struct cash_notice *ret);
