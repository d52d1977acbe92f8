/* The table of outcomes, read from status.def. */
#include <gongji/base/status.h>

#include <assert.h>
#include <string.h>

static const struct {
    const char *code;
    int http;
    enum retry retry;
    const char *title[2], *help[2];
} STATUSES[] = {
#define STATUS(code, http, retry, zh, en, zh_help, en_help) \
    [ST_##code] = { #code, http, RETRY_##retry, { zh, en }, { zh_help, en_help } },
#include <gongji/base/status.def>
#undef STATUS
};

static const char *const RETRIES[] = {
    [RETRY_NEVER] = "never",
    [RETRY_SAME_KEY] = "same_key",
    [RETRY_NEW_KEY] = "new_key",
    [RETRY_LATER] = "later",
};

const char *status_code(enum status status)
{
    assert(status < ST_COUNT);
    return STATUSES[status].code;
}

int status_http(enum status status)
{
    assert(status < ST_COUNT);
    return STATUSES[status].http;
}

const char *status_retry(enum status status)
{
    assert(status < ST_COUNT);
    return RETRIES[STATUSES[status].retry];
}

const char *status_title(enum status status, enum language language)
{
    assert(status < ST_COUNT);
    return STATUSES[status].title[language];
}

const char *status_help(enum status status, enum language language)
{
    assert(status < ST_COUNT);
    return STATUSES[status].help[language];
}

bool status_succeeded(enum status status)
{
    return status_http(status) / 100 == 2;
}

bool status_from_code(const char *code, enum status *ret)
{
    for (enum status status = 0; code && status < ST_COUNT; status++)
        if (strcmp(code, STATUSES[status].code) == 0)
            return *ret = status, true;
    return false;
}
