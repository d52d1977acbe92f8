/* Verification by libcrypto, with keys that were read at the start. libjwt 1.10.2 would read the key from PEM at every
 * token (ten times the work of RS256 itself), decode the token again that auth.c has read, and not take typ at+jwt. */
#include "signature.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <gongji/base/crypto.h>

enum { P256_BYTES = 32, DER_MAX = 80 };

static void digest_freep(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void ecdsa_freep(ECDSA_SIG **signature)
{
    ECDSA_SIG_free(*signature);
}

static bool hmac_good(const struct token_key *key, struct str text, struct str signature)
{
    unsigned char expected[DIGEST_BYTES];
    crypto_hmac_sha256(key->material, text, expected);
    return signature.length == DIGEST_BYTES && CRYPTO_memcmp(expected, signature.bytes, DIGEST_BYTES) == 0;
}

/* r and s side by side (RFC 7518 §3.4) into the DER that OpenSSL wants; 0: not possible. */
static size_t der_of(struct str signature, unsigned char ret_der[static DER_MAX])
{
    const unsigned char *bytes = (const unsigned char *)signature.bytes;
    CLEANUP(ecdsa_freep) ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, P256_BYTES, NULL), *s = BN_bin2bn(bytes + P256_BYTES, P256_BYTES, NULL);
    if (pair == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(pair, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return 0;
    }
    int length = i2d_ECDSA_SIG(pair, NULL);
    return length > 0 && length <= DER_MAX && i2d_ECDSA_SIG(pair, &ret_der) == length ? (size_t)length : 0;
}

static bool public_good(enum algorithm algorithm, const struct token_key *key, struct str text, struct str signature)
{
    unsigned char der[DER_MAX];
    CLEANUP(digest_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (algorithm == ES256)
        signature = (struct str){ (const char *)der, der_of(signature, der) };
    if (context == NULL || signature.length == 0 ||
        EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->public_key) != 1)
        return false;
    return EVP_DigestVerify(context, (const unsigned char *)signature.bytes, signature.length,
                            (const unsigned char *)text.bytes, text.length) == 1;
}

bool signature_good(enum algorithm algorithm, const struct token_key *key, const char *token, struct str signature)
{
    struct str text = { token, (size_t)(strrchr(token, '.') - token) };
    if (signature.length != key->signature_bytes)
        return false;
    return algorithm == HS256 ? hmac_good(key, text, signature) : public_good(algorithm, key, text, signature);
}
