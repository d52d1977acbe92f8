#pragma once
/* One JSON Web Key (RFC 7517, RFC 7518 §6). */
#include <jansson.h>
#include <openssl/evp.h>

#include "keys.h"

/* A base64url member, decoded; false when absent, empty or malformed. */
bool jwk_member(struct arena *arena, const json_t *jwk, const char *name, struct str *ret);
/* The public key of an RSA (RS256) or P-256 (ES256) JWK, or NULL. The caller frees it. */
EVP_PKEY *jwk_public(struct arena *arena, const json_t *jwk, enum algorithm algorithm);
