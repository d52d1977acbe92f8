/* Verification by libjwt, and by libcrypto for the one kind of token that libjwt 1.10.2 does not take: typ at+jwt (RFC
 * 9068). */
#include "signature.h"

#include <string.h>

#include <jwt.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <gongji/base/crypto.h>

enum { P256_BYTES = 32, DER_MAX = 80 };

static void bio_freep(BIO **bio)
{
    BIO_free(*bio);
}

static void pkey_freep(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void digest_freep(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void ecdsa_freep(ECDSA_SIG **signature)
{
    ECDSA_SIG_free(*signature);
}

static bool by_libjwt(enum algorithm algorithm, const struct token_key *key, const char *token)
{
    static const jwt_alg_t EXPECTED[ALGORITHM_COUNT] = {
        [HS256] = JWT_ALG_HS256, [RS256] = JWT_ALG_RS256, [ES256] = JWT_ALG_ES256
    };
    jwt_t *jwt = NULL;
    if (jwt_decode(&jwt, token, (const unsigned char *)key->material.bytes, (int)key->material.length) != 0)
        return false;
    bool good = jwt_get_alg(jwt) == EXPECTED[algorithm];
    jwt_free(jwt);
    return good;
}

static bool hmac_good(const struct token_key *key, struct str text, struct str signature)
{
    unsigned char expected[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (HMAC(EVP_sha256(), key->material.bytes, (int)key->material.length, (const unsigned char *)text.bytes,
             text.length, expected, &length) == NULL)
        return false;
    return length == signature.length && CRYPTO_memcmp(expected, signature.bytes, length) == 0;
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
    CLEANUP(bio_freep) BIO *bio = BIO_new_mem_buf(key->material.bytes, (int)key->material.length);
    CLEANUP(pkey_freep) EVP_PKEY *public_key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    CLEANUP(digest_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (algorithm == ES256)
        signature = (struct str){ (const char *)der, der_of(signature, der) };
    if (public_key == NULL || context == NULL || signature.length == 0 ||
        EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, public_key) != 1)
        return false;
    return EVP_DigestVerify(context, (const unsigned char *)signature.bytes, signature.length,
                            (const unsigned char *)text.bytes, text.length) == 1;
}

bool signature_good(enum algorithm algorithm, const struct token_key *key, const char *token, bool plain_type,
                    struct str signature)
{
    struct str text = { token, (size_t)(strrchr(token, '.') - token) };
    if (signature.length != key->signature_bytes)
        return false;
    if (plain_type)
        return by_libjwt(algorithm, key, token);
    return algorithm == HS256 ? hmac_good(key, text, signature) : public_good(algorithm, key, text, signature);
}
