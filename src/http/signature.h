#pragma once
/* Whether a token's signature is its key's. Knows nothing of claims. */
#include <stdbool.h>

#include "keys.h"

/* `token` is whole and well-formed; `plain_type`: its typ is absent or JWT; `signature` is the decoded third part. */
bool signature_good(enum algorithm algorithm, const struct token_key *key, const char *token, bool plain_type,
                    struct str signature);
