#pragma once
/* Public RSA keys of the channels, and the one signature they all use: SHA-256 with RSA, PKCS #1 v1.5. */
#include <openssl/evp.h>

#include <gongji/base/arena.h>
#include <gongji/base/str.h>

/* From a PEM file with a public key or a certificate, at least 2048 bits. `serial`, when given, has to be the certificate's.
 * The arena frees it. NULL with one plain line. */
EVP_PKEY *rsa_key_load(struct arena *arena, const char *file, const char *serial, const char **ret_why);
bool rsa_verify(EVP_PKEY *key, struct str message, struct str signature);
