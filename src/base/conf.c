/* Configuration: the table conf.def, filled from an INI file and then from the environment. */
#include <gongji/base/conf.h>

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <ini.h>

#include <gongji/base/log.h>
#include <gongji/base/str.h>

enum { ITEMS_MAX = 64 };
enum kind { KIND_TEXT, KIND_INT, KIND_BOOL, KIND_FILE };

static const struct {
    const char *section, *key;
    enum kind kind;
    const char *standard;
    int64_t least, most;
} OPTIONS[] = {
#define OPTION(section, key, kind, standard, least, most, help) { #section, #key, KIND_##kind, standard, least, most },
#include <gongji/base/conf.def>
#undef OPTION
};

/* Sections that there may be many of, each with a name: [issuer NAME]. An item's name is its first member. */
struct member {
    const char *key;
    bool required;
    const char *standard;
    size_t offset;
};
static const struct member ISSUER_OPTIONS[] = {
#define ISSUER_OPTION(key, required, standard, help) { #key, required, standard, offsetof(struct conf_issuer, key) },
#include <gongji/base/conf.def>
#undef ISSUER_OPTION
};
static const struct member WECHATPAY_OPTIONS[] = {
#define WECHATPAY_OPTION(key, required, standard, help) \
    { #key, required, standard, offsetof(struct conf_wechatpay, key) },
#include <gongji/base/conf.def>
#undef WECHATPAY_OPTION
};
static const struct member ALIPAY_OPTIONS[] = {
#define ALIPAY_OPTION(key, required, standard, help) { #key, required, standard, offsetof(struct conf_alipay, key) },
#include <gongji/base/conf.def>
#undef ALIPAY_OPTION
};

enum family { FAMILY_ISSUER, FAMILY_WECHATPAY, FAMILY_ALIPAY, FAMILY_COUNT };
#define MEMBERS(table) (table), sizeof(table) / sizeof(table)[0]
static const struct {
    const char *prefix; /* of the section's name */
    const struct member *members;
    size_t member_count, item_size;
} FAMILIES[FAMILY_COUNT] = {
    [FAMILY_ISSUER] = { "issuer ", MEMBERS(ISSUER_OPTIONS), sizeof(struct conf_issuer) },
    [FAMILY_WECHATPAY] = { "wechatpay ", MEMBERS(WECHATPAY_OPTIONS), sizeof(struct conf_wechatpay) },
    [FAMILY_ALIPAY] = { "alipay ", MEMBERS(ALIPAY_OPTIONS), sizeof(struct conf_alipay) },
};

struct items {
    char *memory; /* ITEMS_MAX of them */
    size_t count;
};

struct conf {
    struct arena *arena;
    const char *path, *folder; /* folder: "" or "…/" */
    const char *texts[CONF_COUNT];
    int64_t numbers[CONF_COUNT]; /* INT and BOOL */
    struct items items[FAMILY_COUNT];
};

/* --- the file --- */

struct reader {
    struct conf *conf;
    FILE *file;
    int line;
    bool continued;  /* this line is indented: it goes on with the value above */
    const char *why; /* the first fault */
};

static int reader_fault(struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int reader_fault(struct reader *reader, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *what = arena_vprintf(reader->conf->arena, format, args);
    va_end(args);
    if (!reader->why)
        reader->why = arena_printf(reader->conf->arena, "%s: line %d: %s", reader->conf->path, reader->line, what);
    return 0; /* what libinih takes for failure */
}

/* libinih cuts longer lines silently, so they are refused here. */
static char *reader_line(char *line, int size, void *user)
{
    struct reader *reader = user;
    if (reader->why || !fgets(line, size, reader->file))
        return NULL;
    reader->line++;
    reader->continued = isspace((unsigned char)line[0]);
    if (!strchr(line, '\n') && !feof(reader->file))
        reader_fault(reader, "longer than %d bytes; go on in an indented line", size - 3);
    return line;
}

static int reader_store(struct reader *reader, const char **place, const char *key, const char *value)
{
    struct arena *arena = reader->conf->arena;
    if (*place && !reader->continued)
        return reader_fault(reader, "%s is set a second time", key);
    *place = *place ? arena_printf(arena, "%s %s", *place, value) : arena_strdup(arena, value);
    return 1;
}

static char *item_at(const struct conf *conf, enum family family, size_t i)
{
    return conf->items[family].memory + i * FAMILIES[family].item_size;
}

static const char **item_name(char *item)
{
    return (const char **)(void *)item;
}

static const char **item_value(char *item, const struct member *member)
{
    return (const char **)(void *)(item + member->offset);
}

static char *item_named(struct conf *conf, enum family family, const char *name)
{
    struct items *items = &conf->items[family];
    for (size_t i = 0; i < items->count; i++)
        if (strcmp(*item_name(item_at(conf, family, i)), name) == 0)
            return item_at(conf, family, i);
    if (items->count == ITEMS_MAX)
        return NULL;
    char *item = item_at(conf, family, items->count++);
    *item_name(item) = arena_strdup(conf->arena, name);
    return item;
}

static int family_option(struct reader *reader, enum family family, const char *section, const char *key,
                         const char *value)
{
    char *item = item_named(reader->conf, family, section + strlen(FAMILIES[family].prefix));
    if (!item)
        return reader_fault(reader, "more than %d sections [%sNAME]", ITEMS_MAX, FAMILIES[family].prefix);
    for (size_t i = 0; i < FAMILIES[family].member_count; i++)
        if (strcasecmp(key, FAMILIES[family].members[i].key) == 0)
            return reader_store(reader, item_value(item, &FAMILIES[family].members[i]), key, value);
    return reader_fault(reader, "unknown key %s in [%s]", key, section);
}

static int plain_option(struct reader *reader, const char *section, const char *key, const char *value)
{
    bool section_known = false;
    for (enum conf_option option = 0; option < CONF_COUNT; option++) {
        if (strcasecmp(section, OPTIONS[option].section) != 0)
            continue;
        section_known = true;
        if (strcasecmp(key, OPTIONS[option].key) == 0)
            return reader_store(reader, &reader->conf->texts[option], key, value);
    }
    return section_known ? reader_fault(reader, "unknown key %s in [%s]", key, section)
                         : reader_fault(reader, "unknown section [%s]", section);
}

static int reader_option(void *user, const char *section, const char *key, const char *value)
{
    struct reader *reader = user;
    if (!utf8_valid(str_of(value)))
        return reader_fault(reader, "%s is not UTF-8", key);
    for (enum family family = 0; family < FAMILY_COUNT; family++)
        if (strncmp(section, FAMILIES[family].prefix, strlen(FAMILIES[family].prefix)) == 0)
            return family_option(reader, family, section, key, value);
    return plain_option(reader, section, key, value);
}

static const char *file_read(struct conf *conf)
{
    struct reader reader = { .conf = conf, .file = fopen(conf->path, "re") };
    if (!reader.file)
        return arena_printf(conf->arena, "%s: %s", conf->path, strerror(errno));
    int fault = ini_parse_stream(reader_line, &reader, reader_option, &reader);
    if (fault && !reader.why)
        reader_fault(&reader, "neither [section] nor key = value");
    if (ferror(reader.file) && !reader.why)
        reader_fault(&reader, "%s", strerror(errno));
    fclose(reader.file);
    return reader.why;
}

/* --- environment, defaults, checks --- */

static void environment_read(struct conf *conf)
{
    const char *url = getenv("GONGJI_DATABASE_URL");
    if (url && *url)
        conf->texts[CONF_DATABASE_OWNER_URL] = NULL; /* the file's is of the file's database */
    for (enum conf_option option = 0; option < CONF_COUNT; option++) {
        const char *name = arena_printf(conf->arena, "GONGJI_%s_%s", OPTIONS[option].section, OPTIONS[option].key);
        const char *value = getenv(name);
        if (value && *value)
            conf->texts[option] = arena_strdup(conf->arena, value);
    }
}

static bool parse_bool(const char *text, int64_t *ret)
{
    static const char *const ON[] = { "true", "yes", "on", "1", NULL };
    static const char *const OFF[] = { "false", "no", "off", "0", NULL };
    *ret = text_in(text, ON);
    return *ret || text_in(text, OFF);
}

static const char *option_finish(struct conf *conf, enum conf_option option)
{
    const char *section = OPTIONS[option].section, *key = OPTIONS[option].key, **text = &conf->texts[option];
    int64_t *number = &conf->numbers[option];
    if (!*text)
        *text = OPTIONS[option].standard;
    switch (OPTIONS[option].kind) {
    case KIND_INT:
        if (!parse_int64(*text, number) || *number < OPTIONS[option].least || *number > OPTIONS[option].most)
            return arena_printf(conf->arena, "GONGJI_%s_%s must be a number from %lld to %lld", section, key,
                                (long long)OPTIONS[option].least, (long long)OPTIONS[option].most);
        break;
    case KIND_BOOL:
        if (!parse_bool(*text, number))
            return arena_printf(conf->arena, "GONGJI_%s_%s must be true or false", section, key);
        break;
    case KIND_FILE:
        *text = conf_resolve(conf, conf->arena, *text);
        break;
    case KIND_TEXT:
        break;
    }
    return NULL;
}

static const char *item_finish(struct conf *conf, enum family family, char *item)
{
    for (size_t i = 0; i < FAMILIES[family].member_count; i++) {
        const struct member *member = &FAMILIES[family].members[i];
        const char **value = item_value(item, member);
        if (member->required && (!*value || !**value))
            return arena_printf(conf->arena, "%s: [%s%s] has no %s", conf->path, FAMILIES[family].prefix,
                                *item_name(item), member->key);
        if (!*value)
            *value = member->standard;
    }
    return NULL;
}

static const char *conf_finish(struct conf *conf)
{
    const char *why = NULL;
    enum log_level level;
    for (enum conf_option option = 0; option < CONF_COUNT && !why; option++)
        why = option_finish(conf, option);
    for (enum family family = 0; family < FAMILY_COUNT; family++)
        for (size_t i = 0; i < conf->items[family].count && !why; i++)
            why = item_finish(conf, family, item_at(conf, family, i));
    if (!why && !log_level_parse(conf_text(conf, CONF_LOG_LEVEL), &level))
        why = "GONGJI_LOG_LEVEL must be debug, info, warn or error";
    if (!why && *conf_text(conf, CONF_CLOCK_NOW) && !conf_bool(conf, CONF_CLOCK_DEVELOPMENT))
        why = "GONGJI_CLOCK_NOW is for development: it needs development = true in [clock]";
    return why;
}

/* --- the whole --- */

static const char *path_choose(const char *path)
{
    static const char *const PLACES[] = { "var/gongji.ini", "/etc/gongji/gongji.ini" };
    if (!path || !*path)
        path = getenv("GONGJI_CONFIG");
    for (size_t i = 0; (!path || !*path) && i < sizeof(PLACES) / sizeof(PLACES[0]); i++)
        if (access(PLACES[i], F_OK) == 0)
            path = PLACES[i];
    return path ? path : "";
}

static struct conf *conf_new(const char *path)
{
    struct arena *arena = arena_new();
    struct conf *conf = arena_alloc(arena, sizeof(*conf));
    const char *slash = strrchr(path, '/');
    conf->arena = arena;
    conf->path = arena_strdup(arena, path);
    conf->folder = arena_strndup(arena, path, slash ? (size_t)(slash - path) + 1 : 0);
    for (enum family family = 0; family < FAMILY_COUNT; family++)
        conf->items[family].memory = arena_alloc(arena, ITEMS_MAX * FAMILIES[family].item_size);
    return conf;
}

void conf_free(struct conf *conf)
{
    if (conf)
        arena_free(conf->arena);
}

bool conf_load(const char *path, struct conf **ret, const char **ret_why, struct arena *arena)
{
    struct conf *conf = conf_new(path_choose(path));
    const char *why = *conf->path ? file_read(conf) : NULL;
    if (!why) {
        environment_read(conf);
        why = conf_finish(conf);
    }
    if (why) {
        *ret_why = arena_strdup(arena, why);
        conf_free(conf);
        return false;
    }
    *ret = conf;
    return true;
}

const char *conf_text(const struct conf *conf, enum conf_option option)
{
    assert(OPTIONS[option].kind == KIND_TEXT || OPTIONS[option].kind == KIND_FILE);
    return conf->texts[option];
}

int64_t conf_int(const struct conf *conf, enum conf_option option)
{
    assert(OPTIONS[option].kind == KIND_INT);
    return conf->numbers[option];
}

bool conf_bool(const struct conf *conf, enum conf_option option)
{
    assert(OPTIONS[option].kind == KIND_BOOL);
    return conf->numbers[option];
}

const struct conf_issuer *conf_issuers(const struct conf *conf, size_t *ret_count)
{
    *ret_count = conf->items[FAMILY_ISSUER].count;
    return (const void *)conf->items[FAMILY_ISSUER].memory;
}

const struct conf_wechatpay *conf_wechatpays(const struct conf *conf, size_t *ret_count)
{
    *ret_count = conf->items[FAMILY_WECHATPAY].count;
    return (const void *)conf->items[FAMILY_WECHATPAY].memory;
}

const struct conf_alipay *conf_alipays(const struct conf *conf, size_t *ret_count)
{
    *ret_count = conf->items[FAMILY_ALIPAY].count;
    return (const void *)conf->items[FAMILY_ALIPAY].memory;
}

const char *conf_path(const struct conf *conf)
{
    return conf->path;
}

char *conf_resolve(const struct conf *conf, struct arena *arena, const char *file)
{
    return arena_printf(arena, "%s%s", *file && *file != '/' ? conf->folder : "", file);
}
