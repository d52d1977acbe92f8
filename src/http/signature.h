#pragma once
/* Whether a token's signature is its key's. Knows nothing of claims. */
#include <stdbool.h>

#include "keys.h"

/* `token` is whole and well-formed; `signature` is its decoded third part. */
bool signature_good(enum algorithm algorithm, const struct token_key *key, const char *token, struct str signature);
