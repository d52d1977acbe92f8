/* Public keys and secrets out of JSON Web Keys, by way of OpenSSL's parameter lists. */
#include "jwk.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include <gongji/base/crypto.h>

enum { P256_BYTES = 32 };

static void context_freep(EVP_PKEY_CTX **context)
{
    EVP_PKEY_CTX_free(*context);
}

static void builder_freep(OSSL_PARAM_BLD **builder)
{
    OSSL_PARAM_BLD_free(*builder);
}

static void params_freep(OSSL_PARAM **params)
{
    OSSL_PARAM_free(*params);
}

static void bignum_freep(BIGNUM **number)
{
    BN_free(*number);
}

bool jwk_member(struct arena *arena, const json_t *jwk, const char *name, struct str *ret)
{
    const char *text = json_string_value(json_object_get(jwk, name));
    return text != NULL && base64url_decode(arena, str_of(text), ret) && ret->length > 0;
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *builder)
{
    CLEANUP(params_freep) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    CLEANUP(context_freep) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;
    if (params == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1)
        return NULL;
    return EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) == 1 ? key : NULL;
}

static BIGNUM *number_of(struct str bytes)
{
    return BN_bin2bn((const unsigned char *)bytes.bytes, (int)bytes.length, NULL);
}

static EVP_PKEY *rsa_from(struct arena *arena, const json_t *jwk)
{
    struct str n, e;
    if (!jwk_member(arena, jwk, "n", &n) || !jwk_member(arena, jwk, "e", &e))
        return NULL;
    CLEANUP(builder_freep) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    CLEANUP(bignum_freep) BIGNUM *modulus = number_of(n);
    CLEANUP(bignum_freep) BIGNUM *exponent = number_of(e);
    if (builder == NULL || modulus == NULL || exponent == NULL)
        return NULL;
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
    return key_from("RSA", builder);
}

static EVP_PKEY *ec_from(struct arena *arena, const json_t *jwk)
{
    unsigned char point[1 + 2 * P256_BYTES] = { POINT_CONVERSION_UNCOMPRESSED };
    const char *curve = json_string_value(json_object_get(jwk, "crv"));
    struct str x, y;
    if (curve == NULL || strcmp(curve, "P-256") != 0 || !jwk_member(arena, jwk, "x", &x) ||
        !jwk_member(arena, jwk, "y", &y))
        return NULL;
    if (x.length != P256_BYTES || y.length != P256_BYTES)
        return NULL;
    memcpy(point + 1, x.bytes, P256_BYTES);
    memcpy(point + 1 + P256_BYTES, y.bytes, P256_BYTES);
    CLEANUP(builder_freep) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder == NULL)
        return NULL;
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1, 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
    return key_from("EC", builder);
}

EVP_PKEY *jwk_public(struct arena *arena, const json_t *jwk, enum algorithm algorithm)
{
    return algorithm == RS256 ? rsa_from(arena, jwk) : ec_from(arena, jwk);
}
