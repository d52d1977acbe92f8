/* Cash channels, and the forms of what they tell. */
#include <gongji/domain/cash.h>

#include <stddef.h>
#include <stdint.h>

#include <gongji/domain/civil_date.h>

enum { TRANSACTION_MAX = 64 };

const char *const CASH_CHANNELS[] = { "wechatpay", "alipay", "counter", NULL };

bool cash_transaction_valid(const char *text)
{
    size_t length = 0;
    for (; text[length]; length++)
        if (text[length] <= ' ' || text[length] > '~' || text[length] == '"' || text[length] == '\\')
            return false;
    return length >= 1 && length <= TRANSACTION_MAX;
}

bool cash_instant_valid(const char *text)
{
    int64_t at_us;
    return civil_instant(text, &at_us);
}
