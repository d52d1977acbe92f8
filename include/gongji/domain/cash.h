#pragma once
/* Cash beside the accounts: where it can be paid, and how its transactions are named. */
#include <stdbool.h>

extern const char *const CASH_CHANNELS[]; /* NULL-terminated */
/* A channel's own number of a transaction: 1–64 visible ASCII characters without quotes, blanks and backslashes. */
bool cash_transaction_valid(const char *text);
bool cash_instant_valid(const char *text); /* RFC 3339 */
