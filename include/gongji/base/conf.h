#pragma once
/* Configuration: conf.def is the table of all options; an INI file and GONGJI_SECTION_KEY variables fill it.
 * Precedence: built-in default < file < environment. Sections "[issuer NAME]" describe token issuers,
 * "[wechatpay NAME]" and "[alipay NAME]" who sends us notices of cash (the second half of conf.def).
 * An indented line goes on with the value above it, joined by a blank; a line has at most 197 bytes; an empty variable counts as not set.
 * An unknown section or key, a value out of range, or a missing required value is one clear line and no start. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gongji/base/arena.h>

enum conf_option {
#define OPTION(section, key, kind, standard, least, most, help) CONF_##section##_##key,
#include <gongji/base/conf.def>
#undef OPTION
    CONF_COUNT
};

struct conf_issuer {
    const char *name; /* the section's name, "wechat_mini" in [issuer wechat_mini] */
#define ISSUER_OPTION(key, required, standard, help) const char *key;
#include <gongji/base/conf.def>
#undef ISSUER_OPTION
};

struct conf_wechatpay {
    const char *name; /* the merchant in the address of its notices */
#define WECHATPAY_OPTION(key, required, standard, help) const char *key;
#include <gongji/base/conf.def>
#undef WECHATPAY_OPTION
};

struct conf_alipay {
    const char *name; /* the app in the address of its notices */
#define ALIPAY_OPTION(key, required, standard, help) const char *key;
#include <gongji/base/conf.def>
#undef ALIPAY_OPTION
};

struct conf;
/* path NULL: $GONGJI_CONFIG, else ./var/gongji.ini, else /etc/gongji/gongji.ini, else defaults alone. Relative file names in
 * options are resolved against the configuration file's folder. False: *ret_why is one plain line. */
bool conf_load(const char *path, struct conf **ret, const char **ret_why, struct arena *arena);
void conf_free(struct conf *conf);

const char *conf_text(const struct conf *conf, enum conf_option option); /* never NULL; "" when unset */
int64_t conf_int(const struct conf *conf, enum conf_option option);
bool conf_bool(const struct conf *conf, enum conf_option option);
const struct conf_issuer *conf_issuers(const struct conf *conf, size_t *ret_count);
const struct conf_wechatpay *conf_wechatpays(const struct conf *conf, size_t *ret_count);
const struct conf_alipay *conf_alipays(const struct conf *conf, size_t *ret_count);
const char *conf_path(const struct conf *conf); /* the file read, or "" */
char *conf_resolve(const struct conf *conf, struct arena *arena,
                   const char *file); /* a file name of an issuer's keys, relative to the file's folder */
