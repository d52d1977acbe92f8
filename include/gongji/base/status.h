#pragma once
/* Every outcome a caller can see, from one table: status.def.
 * A function that can fail returns `enum status`; 0 (ST_OK) is success. `ret_` outputs are untouched on failure. */
#include <stdbool.h>

enum status {
#define STATUS(code, http, retry, zh, en, zh_help, en_help) ST_##code,
#include <gongji/base/status.def>
#undef STATUS
    ST_COUNT
};

enum retry { RETRY_NEVER, RETRY_SAME_KEY, RETRY_NEW_KEY, RETRY_LATER };
enum language { LANG_ZH, LANG_EN };

const char *status_code(enum status status);  /* "BINDING_EXISTS" */
int status_http(enum status status);          /* 409 */
const char *status_retry(enum status status); /* "never", "same_key", "new_key", "later" */
const char *status_title(enum status status, enum language language);
const char *status_help(enum status status, enum language language); /* what to do about it, one sentence */
bool status_succeeded(enum status status);                           /* HTTP 2xx */
bool status_from_code(const char *code, enum status *ret);           /* false: no such code */

/* Passes a failure up: TRY(step()); */
#define TRY(expression)                         \
    do {                                        \
        enum status try_status_ = (expression); \
        if (try_status_ != ST_OK)               \
            return try_status_;                 \
    } while (0)
