/* Public keys of payment channels. */
#include "rsa.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

enum { RSA_BITS_LEAST = 2048 };

static void file_closep(FILE **file)
{
    if (*file)
        fclose(*file);
}

static void x509_freep(X509 **certificate)
{
    X509_free(*certificate);
}

static void context_freep(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

static void pkey_free(void *key)
{
    EVP_PKEY_free(key);
}

/* As WeChat Pay writes it: hexadecimal digits in capitals, without colons. */
static bool serial_is(const X509 *certificate, const char *serial)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *text = number ? BN_bn2hex(number) : NULL;
    bool same = text && strcasecmp(text, serial) == 0;
    OPENSSL_free(text);
    BN_free(number);
    return same;
}

static EVP_PKEY *certificate_key(FILE *file, const char *serial, const char **ret_why)
{
    CLEANUP(x509_freep) X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    if (!certificate) {
        *ret_why = "holds neither a PEM public key nor a certificate";
        return NULL;
    }
    if (serial && !serial_is(certificate, serial)) {
        *ret_why = "is the certificate of another serial number";
        return NULL;
    }
    return X509_get_pubkey(certificate);
}

static EVP_PKEY *key_read(const char *path, const char *serial, const char **ret_why)
{
    CLEANUP(file_closep) FILE *file = fopen(path, "re");
    *ret_why = file ? "has no usable key" : strerror(errno);
    if (!file)
        return NULL;
    EVP_PKEY *key = PEM_read_PUBKEY(file, NULL, NULL, NULL);
    if (!key) {
        rewind(file);
        key = certificate_key(file, serial, ret_why);
    }
    ERR_clear_error();
    return key;
}

EVP_PKEY *rsa_key_load(struct arena *arena, const char *file, const char *serial, const char **ret_why)
{
    EVP_PKEY *key = key_read(file, serial, ret_why);
    if (key)
        arena_defer(arena, pkey_free, key);
    if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= RSA_BITS_LEAST)
        return key;
    *ret_why = arena_printf(arena, "%s: %s", file, key ? "no RSA key of at least 2048 bits" : *ret_why);
    return NULL;
}

bool rsa_verify(EVP_PKEY *key, struct str message, struct str signature)
{
    CLEANUP(context_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, (const unsigned char *)signature.bytes, signature.length,
                                 (const unsigned char *)message.bytes, message.length) == 1;
    ERR_clear_error();
    return good;
}
