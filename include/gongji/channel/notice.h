#pragma once
/* What a payment channel's notice says, once its form and signature were found genuine. */
#include <stdbool.h>
#include <stdint.h>

struct cash_notice {
    bool paid; /* false: a genuine notice of something else, to be acknowledged and left */
    const char *out_trade_no, *transaction_id;
    int64_t amount_fen, paid_us; /* microseconds since 1970 */
};
