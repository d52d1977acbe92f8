/* The token reader: what it takes, and a long table of what it must not take. Every bad token is properly signed
 * unless its rule is about the signature, so that each row fails by its own rule alone. */
#include <gongji/http/auth.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <gongji/base/clock.h>
#include <gongji/base/crypto.h>
#include <gongji/base/str.h>

enum signer {
    BY_H1,
    BY_H2,
    BY_ONE,
    BY_RSA,
    BY_RSA_2,
    BY_EC,
    BY_EC_2,
    BY_EC_DER,
    BY_RSA_PEM_AS_SECRET,
    BY_EMPTY_SECRET,
    BY_NOBODY
};

#define ISS "\"iss\":\"https://hs.example\""
#define AUD ",\"aud\":\"gongji\""
#define SUB ",\"sub\":\"P1\""
#define TIME ",\"iat\":@-10,\"exp\":@+600"
#define BASE ISS AUD SUB TIME
#define RS "\"iss\":\"https://rs.example\"" AUD SUB TIME
#define ES "\"iss\":\"https://es.example\"" AUD SUB TIME
#define H1 "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"h1\"}"
#define R1 "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"r1\"}"
#define E1 "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"e1\"}"
#define K "{\"alg\":\"HS256\",\"kid\":\"k\"}"
#define COUNTER "{\"iss\":\"https://counter.example\"" AUD SUB TIME
#define ACT ",\"act\":{\"sub\":\"clerk-7\"}"
#define SEEN ",\"id_sighted\":true"
#define AT_1 ",\"terminal_id\":\"T1\""
#define DEEP "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"

static char folder[] = "/tmp/gongji-auth-XXXXXX";
static EVP_PKEY *rsa, *rsa_2, *ec, *ec_2;
static const char SECRET_1[] = "the first secret of thirty-two bytes and more",
                  SECRET_2[] = "the second secret, rotated in before the first is out",
                  SECRET_ONE[] = "the only secret of an issuer that has one key";
static struct arena *arena;
static struct conf *conf;
static struct auth *auth;

/* --- forging --- */

static char *in_folder(const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name);
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void write_public(const char *name, EVP_PKEY *key)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_int_equal(PEM_write_PUBKEY(file, key), 1);
    fclose(file);
}

static void write_private(const char *name, EVP_PKEY *key)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
}

static const char *number_text(EVP_PKEY *key, const char *name)
{
    unsigned char bytes[1024];
    BIGNUM *number = NULL;
    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &number), 1);
    int length = BN_bn2bin(number, bytes);
    BN_free(number);
    return base64url_encode(arena, (struct str){ (const char *)bytes, (size_t)length });
}

static void write_jwks(const char *name)
{
    write_text(
        name,
        arena_printf(
            arena,
            "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r1\",\"use\":\"sig\",\"alg\":\"RS256\",\"n\":\"%s\",\"e\":\"%s\"},"
            "{\"kty\":\"RSA\",\"kid\":\"enc\",\"use\":\"enc\",\"n\":\"AQ\",\"e\":\"AQAB\"},{\"kty\":\"EC\",\"kid\":"
            "\"other\",\"crv\":\"P-384\"}]}",
            number_text(rsa, OSSL_PKEY_PARAM_RSA_N), number_text(rsa, OSSL_PKEY_PARAM_RSA_E)));
}

/* "@+60" becomes the second sixty from now. */
static const char *timed(const char *text)
{
    int64_t now_s = (clock_now_us() - clock_offset_us()) / 1000000;
    struct buf buf = buf_new(arena);
    for (const char *at = text; *at != '\0';) {
        char *end = NULL;
        if (*at != '@') {
            buf_append_char(&buf, *at++);
            continue;
        }
        buf_printf(&buf, "%lld", (long long)now_s + strtoll(at + 1, &end, 10));
        at = end;
    }
    return buf_text(&buf);
}

static struct str hmac(const void *key, size_t length, const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), key, (int)length, (const unsigned char *)text, strlen(text), digest, &size);
    return (struct str){ arena_copy(arena, digest, size), size };
}

static struct str digest_signed(EVP_PKEY *key, const char *text)
{
    unsigned char bytes[1024];
    size_t size = sizeof bytes;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, bytes, &size, (const unsigned char *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    return (struct str){ arena_copy(arena, bytes, size), size };
}

/* RFC 7518 §3.4: r and s side by side, where OpenSSL gives DER. */
static struct str ec_signed(EVP_PKEY *key, const char *text)
{
    struct str der = digest_signed(key, text);
    const unsigned char *at = (const unsigned char *)der.bytes;
    unsigned char bytes[64];
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)der.length);
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), bytes, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), bytes + 32, 32);
    ECDSA_SIG_free(signature);
    return (struct str){ arena_copy(arena, bytes, sizeof bytes), sizeof bytes };
}

static struct str pem_hmac(const char *text)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    PEM_write_bio_PUBKEY(bio, rsa);
    long length = BIO_get_mem_data(bio, &pem);
    struct str signature = hmac(pem, (size_t)length, text);
    BIO_free(bio);
    return signature;
}

static struct str signature_of(enum signer signer, const char *text)
{
    switch (signer) {
    case BY_H1:
        return hmac(SECRET_1, strlen(SECRET_1), text);
    case BY_H2:
        return hmac(SECRET_2, strlen(SECRET_2), text);
    case BY_ONE:
        return hmac(SECRET_ONE, strlen(SECRET_ONE), text);
    case BY_RSA:
        return digest_signed(rsa, text);
    case BY_RSA_2:
        return digest_signed(rsa_2, text);
    case BY_EC:
        return ec_signed(ec, text);
    case BY_EC_2:
        return ec_signed(ec_2, text);
    case BY_EC_DER:
        return digest_signed(ec, text);
    case BY_RSA_PEM_AS_SECRET:
        return pem_hmac(text);
    case BY_EMPTY_SECRET:
        return hmac("", 0, text);
    case BY_NOBODY:
        break;
    }
    return STR("");
}

static char *forged_of(struct str header, struct str payload, enum signer signer)
{
    char *text = arena_printf(arena, "%s.%s", base64url_encode(arena, header), base64url_encode(arena, payload));
    return arena_printf(arena, "%s.%s", text, base64url_encode(arena, signature_of(signer, text)));
}

static char *forged(const char *header, const char *payload, enum signer signer)
{
    return forged_of(str_of(timed(header)), str_of(timed(payload)), signer);
}

static enum status verify(const char *authorization, struct caller *ret)
{
    return auth_verify(auth, arena, authorization, ret);
}

static enum status verify_token(const char *token)
{
    struct caller caller;
    return verify(arena_printf(arena, "Bearer %s", token), &caller);
}

/* --- bad tokens: a header and a payload that are signed, but not to be believed --- */

struct claim_case {
    const char *rule;
    const char *header, *payload;
    enum signer signer;
    enum status status; /* ST_OK here: ST_TOKEN_INVALID */
};

static const struct claim_case CLAIMS[] = {
    { "alg none with nothing as signature is refused", "{\"alg\":\"none\",\"kid\":\"h1\"}", "{" BASE "}", BY_NOBODY,
      0 },
    { "alg none with a signature is refused", "{\"alg\":\"none\",\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "alg None in another case is refused", "{\"alg\":\"None\",\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "alg in lower case is refused", "{\"alg\":\"hs256\",\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "alg HS512 is refused for an HS256 issuer", "{\"alg\":\"HS512\",\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "alg RS256 is refused for an HS256 issuer", "{\"alg\":\"RS256\",\"kid\":\"h1\"}", "{" BASE "}", BY_RSA, 0 },
    { "alg that is no text is refused", "{\"alg\":256,\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "no alg is refused", "{\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "HS256 with the RSA public key as secret is refused", "{\"alg\":\"HS256\",\"kid\":\"r1\"}", "{" RS "}",
      BY_RSA_PEM_AS_SECRET, 0 },
    { "an empty secret is refused", H1, "{" BASE "}", BY_EMPTY_SECRET, 0 },
    { "a kid nobody has is refused", "{\"alg\":\"HS256\",\"kid\":\"h9\"}", "{" BASE "}", BY_H1, 0 },
    { "a kid of another issuer is refused", "{\"alg\":\"HS256\",\"kid\":\"k\"}", "{" BASE "}", BY_ONE, 0 },
    { "no kid is refused when the issuer has two keys", "{\"alg\":\"HS256\"}", "{" BASE "}", BY_H1, 0 },
    { "an empty kid is refused", "{\"alg\":\"HS256\",\"kid\":\"\"}", "{" BASE "}", BY_H1, 0 },
    { "a kid that is no text is refused", "{\"alg\":\"HS256\",\"kid\":1}", "{" BASE "}", BY_H1, 0 },
    { "a kid that names a file is refused", "{\"alg\":\"HS256\",\"kid\":\"../../dev/null\"}", "{" BASE "}",
      BY_EMPTY_SECRET, 0 },
    { "an unknown typ is refused", "{\"alg\":\"HS256\",\"typ\":\"JOSE\",\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "an ID token's typ is refused", "{\"alg\":\"HS256\",\"typ\":\"id+jwt\",\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "a typ that is no text is refused", "{\"alg\":\"HS256\",\"typ\":null,\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "crit is refused", "{\"alg\":\"HS256\",\"kid\":\"h1\",\"crit\":[\"exp\"]}", "{" BASE "}", BY_H1, 0 },
    { "jku is refused", "{\"alg\":\"HS256\",\"kid\":\"h1\",\"jku\":\"https://x\"}", "{" BASE "}", BY_H1, 0 },
    { "x5u is refused", "{\"alg\":\"HS256\",\"kid\":\"h1\",\"x5u\":\"https://x\"}", "{" BASE "}", BY_H1, 0 },
    { "a key in the header is refused", "{\"alg\":\"HS256\",\"kid\":\"h1\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}",
      "{" BASE "}", BY_H1, 0 },
    { "zip is refused", "{\"alg\":\"HS256\",\"kid\":\"h1\",\"zip\":\"DEF\"}", "{" BASE "}", BY_H1, 0 },
    { "alg given twice is refused", "{\"alg\":\"HS256\",\"alg\":\"HS256\",\"kid\":\"h1\"}", "{" BASE "}", BY_H1, 0 },
    { "alg hidden behind an escape is refused", "{\"alg\":\"HS256\",\"\\u0061lg\":\"none\",\"kid\":\"h1\"}",
      "{" BASE "}", BY_H1, 0 },
    { "a header that is no object is refused", "[\"HS256\"]", "{" BASE "}", BY_H1, 0 },
    { "a header that is no JSON is refused", "{alg:HS256}", "{" BASE "}", BY_H1, 0 },
    { "a deeply nested header is refused", "{\"alg\":\"HS256\",\"kid\":" DEEP "}", "{" BASE "}", BY_H1, 0 },
    { "a payload that is no object is refused", H1,
      "["
      "{" BASE "}"
      "]",
      BY_H1, 0 },
    { "a payload that is no JSON is refused", H1, "exp", BY_H1, 0 },
    { "bytes behind the payload are refused", H1, "{" BASE "}{}", BY_H1, 0 },
    { "a deeply nested payload is refused", H1, "{" BASE ",\"x\":" DEEP "}", BY_H1, 0 },
    { "exp given twice is refused", H1, "{" BASE ",\"exp\":@+700}", BY_H1, 0 },
    { "sub given twice is refused", H1, "{" BASE ",\"sub\":\"P2\"}", BY_H1, 0 },
    { "a member given twice deep inside is refused", H1, "{" BASE ",\"x\":{\"a\":1,\"a\":1}}", BY_H1, 0 },
    { "no iss is refused", H1, "{\"aud\":\"gongji\"" SUB TIME "}", BY_H1, 0 },
    { "an unknown iss is refused", H1, "{\"iss\":\"https://who.example\"" AUD SUB TIME "}", BY_H1, 0 },
    { "an iss with a slash more is refused", H1, "{\"iss\":\"https://hs.example/\"" AUD SUB TIME "}", BY_H1, 0 },
    { "an iss that is no text is refused", H1, "{\"iss\":[\"https://hs.example\"]" AUD SUB TIME "}", BY_H1, 0 },
    { "no aud is refused", H1, "{" ISS SUB TIME "}", BY_H1, 0 },
    { "another aud is refused", H1, "{" ISS ",\"aud\":\"other\"" SUB TIME "}", BY_H1, 0 },
    { "a list of other auds is refused", H1, "{" ISS ",\"aud\":[\"a\",\"gongji2\"]" SUB TIME "}", BY_H1, 0 },
    { "an empty list of auds is refused", H1, "{" ISS ",\"aud\":[]" SUB TIME "}", BY_H1, 0 },
    { "a list of auds with a number in it is refused", H1, "{" ISS ",\"aud\":[\"gongji\",1]" SUB TIME "}", BY_H1, 0 },
    { "no exp is refused", H1, "{" ISS AUD SUB ",\"iat\":@-10}", BY_H1, 0 },
    { "an exp with a fraction that is over", H1, "{" ISS AUD SUB ",\"iat\":@-700.5,\"exp\":@-40.5}", BY_H1,
      ST_TOKEN_EXPIRED },
    { "an nbf with a fraction in the future is refused", H1, "{" BASE ",\"nbf\":@+60.5}", BY_H1, 0 },
    { "an exp with a fraction below zero is refused", H1, "{" ISS AUD SUB ",\"iat\":@-10,\"exp\":-0.5}", BY_H1, 0 },
    { "an exp with a fraction beyond all time is refused", H1, "{" ISS AUD SUB ",\"iat\":@-10,\"exp\":1e300}", BY_H1,
      0 },
    { "an exp as text is refused", H1, "{" ISS AUD SUB ",\"iat\":@-10,\"exp\":\"@+600\"}", BY_H1, 0 },
    { "an exp of null is refused", H1, "{" ISS AUD SUB ",\"iat\":@-10,\"exp\":null}", BY_H1, 0 },
    { "an exp beyond all time is refused", H1, "{" ISS AUD SUB ",\"iat\":@-10,\"exp\":9223372036854775807}", BY_H1, 0 },
    { "an exp that overflows is refused", H1, "{" ISS AUD SUB ",\"iat\":@-10,\"exp\":99999999999999999999}", BY_H1, 0 },
    { "a negative exp is refused", H1, "{" ISS AUD SUB ",\"iat\":-20,\"exp\":-10}", BY_H1, 0 },
    { "an expired token is told as expired", H1, "{" ISS AUD SUB ",\"iat\":@-700,\"exp\":@-40}", BY_H1,
      ST_TOKEN_EXPIRED },
    { "an expired token with a bad claim is just invalid", H1, "{" ISS AUD ",\"sub\":\"\",\"iat\":@-700,\"exp\":@-40}",
      BY_H1, 0 },
    { "no iat is refused", H1, "{" ISS AUD SUB ",\"exp\":@+600}", BY_H1, 0 },
    { "an iat in the future is refused", H1, "{" ISS AUD SUB ",\"iat\":@+60,\"exp\":@+600}", BY_H1, 0 },
    { "an iat as text is refused", H1, "{" ISS AUD SUB ",\"iat\":\"@-10\",\"exp\":@+600}", BY_H1, 0 },
    { "exp before iat is refused", H1, "{" ISS AUD SUB ",\"iat\":@+10,\"exp\":@+5}", BY_H1, 0 },
    { "a lifetime over the issuer's limit is refused", H1, "{" ISS AUD SUB ",\"iat\":@-10,\"exp\":@+3591}", BY_H1, 0 },
    { "an nbf in the future is refused", H1, "{" BASE ",\"nbf\":@+60}", BY_H1, 0 },
    { "an nbf that is no number is refused", H1, "{" BASE ",\"nbf\":true}", BY_H1, 0 },
    { "no sub is refused", H1, "{" ISS AUD TIME "}", BY_H1, 0 },
    { "an empty sub is refused", H1, "{" ISS AUD ",\"sub\":\"\"" TIME "}", BY_H1, 0 },
    { "a sub with a blank is refused", H1, "{" ISS AUD ",\"sub\":\"P 1\"" TIME "}", BY_H1, 0 },
    { "a sub with a NUL is refused", H1, "{" ISS AUD ",\"sub\":\"P1\\u0000x\"" TIME "}", BY_H1, 0 },
    { "a sub in other letters is refused", H1, "{" ISS AUD ",\"sub\":\"\xe5\xbc\xa0\"" TIME "}", BY_H1, 0 },
    { "a sub of 65 characters is refused", H1,
      "{" ISS AUD ",\"sub\":\"12345678901234567890123456789012345678901234567890123456789012345\"" TIME "}", BY_H1, 0 },
    { "a sub that is no text is refused", H1, "{" ISS AUD ",\"sub\":1" TIME "}", BY_H1, 0 },
    { "text that is no UTF-8 is refused", H1, "{" ISS AUD ",\"sub\":\"P\xff\"" TIME "}", BY_H1, 0 },
    { "a scope that is a list is refused", H1, "{" BASE ",\"scope\":[\"family\"]}", BY_H1, 0 },
    { "a scope with a quote is refused", H1, "{" BASE ",\"scope\":\"family\\\"\"}", BY_H1, 0 },
    { "a scope with a line end is refused", H1, "{" BASE ",\"scope\":\"family\\naccount\"}", BY_H1, 0 },
    { "an act that is no object is refused", H1, "{" BASE ",\"act\":\"clerk\"}", BY_H1, 0 },
    { "an act without a sub is refused", H1, "{" BASE ",\"act\":{}}", BY_H1, 0 },
    { "an act with a malformed sub is refused", H1, "{" BASE ",\"act\":{\"sub\":\"a b\"}}", BY_H1, 0 },
    { "an act is forbidden where the issuer may not", H1, "{" BASE ",\"act\":{\"sub\":\"clerk-7\"}}", BY_H1,
      ST_PROXY_NOT_AUTHORISED },
    { "areas as one code are refused", H1, "{" BASE ",\"areas\":\"340500\"}", BY_H1, 0 },
    { "an area that is no code is refused", H1, "{" BASE ",\"areas\":[\"3405\"]}", BY_H1, 0 },
    { "an area that is a number is refused", H1, "{" BASE ",\"areas\":[340500]}", BY_H1, 0 },
    { "areas that are an object are refused", H1, "{" BASE ",\"areas\":{}}", BY_H1, 0 },
    { "a malformed client_id is refused", H1, "{" BASE ",\"client_id\":\"a/b\"}", BY_H1, 0 },
    { "an id_sighted that is no boolean is refused", H1, "{" BASE ",\"id_sighted\":\"yes\"}", BY_H1, 0 },
    { "a malformed person_id is refused", H1, "{" BASE ",\"person_id\":\"123456789012345678901234567890123\"}", BY_H1,
      0 },
    { "a malformed terminal_id is refused", H1, "{" BASE ",\"terminal_id\":\"\"}", BY_H1, 0 },
    { "S1-14: at a counter, a clerk's name is required", K, COUNTER SEEN AT_1 "}", BY_ONE, ST_PROXY_NOT_AUTHORISED },
    { "S1-14: at a counter, the ID document is sighted", K, COUNTER ACT AT_1 "}", BY_ONE, ST_PROXY_NOT_AUTHORISED },
    { "S1-14: a document not sighted is not sighted", K, COUNTER ACT AT_1 ",\"id_sighted\":false}", BY_ONE,
      ST_PROXY_NOT_AUTHORISED },
    { "S1-36: a terminal says which one it is", K, COUNTER ACT SEEN "}", BY_ONE, 0 },
    { "a proof of a credential issuer opens nothing", "{\"alg\":\"HS256\",\"kid\":\"k\"}",
      "{\"iss\":\"https://proof.example\"" AUD SUB TIME "}", BY_ONE, 0 },
    { "HS256: another key of the same issuer is refused", H1, "{" BASE "}", BY_H2, 0 },
    { "RS256: another key is refused", R1, "{" RS "}", BY_RSA_2, 0 },
    { "RS256: a missing signature is refused", R1, "{" RS "}", BY_NOBODY, 0 },
    { "ES256: another key is refused", E1, "{" ES "}", BY_EC_2, 0 },
    { "ES256: a signature in DER is refused", E1, "{" ES "}", BY_EC_DER, 0 },
    { "at+jwt, HS256: another key is refused", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"h1\"}", "{" BASE "}",
      BY_H2, 0 },
    { "at+jwt, RS256: another key is refused", "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"r1\"}", "{" RS "}",
      BY_RSA_2, 0 },
    { "at+jwt, ES256: another key is refused", "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"e1\"}", "{" ES "}",
      BY_EC_2, 0 },
    { "at+jwt, ES256: a signature in DER is refused", "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"e1\"}",
      "{" ES "}", BY_EC_DER, 0 },
    { "at+jwt, alg none is refused", "{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"h1\"}", "{" BASE "}", BY_NOBODY,
      0 },
    { "ES256: an HMAC is refused", E1, "{" ES "}", BY_H1, 0 },
};

static void claim_case_is_refused(void **state)
{
    const struct claim_case *bad = *state;
    enum status expected = bad->status == ST_OK ? ST_TOKEN_INVALID : bad->status;
    assert_string_equal(status_code(verify_token(forged(bad->header, bad->payload, bad->signer))),
                        status_code(expected));
}

/* --- proofs --- */

static void only_a_credential_issuers_token_proves_a_card_was_shown(void **state)
{
    (void)state;
    const char *header = "{\"alg\":\"HS256\",\"kid\":\"k\"}",
               *claims = "{\"iss\":\"https://proof.example\"" AUD SUB TIME "}";
    assert_string_equal(auth_verify_credential(auth, arena, forged(header, claims, BY_ONE)), "P1");
    assert_null(auth_verify_credential(auth, arena, forged(header, claims, BY_H1)));
    assert_null(auth_verify_credential(auth, arena, forged(H1, "{" BASE "}", BY_H1)));
    assert_null(auth_verify_credential(
        auth, arena,
        forged(header, "{\"iss\":\"https://proof.example\"" AUD SUB ",\"iat\":@-600,\"exp\":@-300}", BY_ONE)));
    assert_null(auth_verify_credential(auth, arena, ""));
}

/* --- bad tokens: a good one, damaged --- */

static const char *good(void)
{
    return forged(H1, "{" BASE "}", BY_H1);
}

static const char *bearer(const char *token)
{
    return arena_printf(arena, "Bearer %s", token);
}

static const char *last_bits_changed(const char *token)
{
    char *text = arena_strdup(arena, token), *last = text + strlen(text) - 1; /* 32 bytes leave two bits unused */
    const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    *last = alphabet[(strchr(alphabet, *last) - alphabet) | 1];
    return text;
}

static const char *first_changed(const char *token, char after, size_t skip)
{
    char *text = arena_strdup(arena, token), *at = after == '\0' ? text : strchr(text, after) + 1;
    at += skip;
    *at = *at == 'A' ? 'B' : 'A';
    return text;
}

static const char *empty(void)
{
    return "";
}
static const char *scheme_only(void)
{
    return "Bearer";
}
static const char *no_token(void)
{
    return "Bearer ";
}
static const char *no_scheme(void)
{
    return good();
}
static const char *basic(void)
{
    return "Basic dXNlcjpwYXNz";
}
static const char *two_blanks(void)
{
    return arena_printf(arena, "Bearer  %s", good());
}
static const char *tab(void)
{
    return arena_printf(arena, "Bearer\t%s", good());
}
static const char *blank_behind(void)
{
    return arena_printf(arena, "Bearer %s ", good());
}
static const char *two_tokens(void)
{
    return arena_printf(arena, "Bearer %s,%s", good(), good());
}
static const char *line_end_behind(void)
{
    return arena_printf(arena, "Bearer %s\n", good());
}
static const char *four_parts(void)
{
    return arena_printf(arena, "Bearer %s.x", good());
}
static const char *dot_behind(void)
{
    return arena_printf(arena, "Bearer %s.", good());
}
static const char *dot_before(void)
{
    return arena_printf(arena, "Bearer .%s", good());
}
static const char *only_dots(void)
{
    return "Bearer ..";
}
static const char *one_part(void)
{
    return "Bearer abcd";
}
static const char *padded(void)
{
    return arena_printf(arena, "Bearer %s=", good());
}
static const char *unused_bits(void)
{
    return bearer(last_bits_changed(good()));
}
static const char *header_changed(void)
{
    return bearer(first_changed(good(), '\0', 3));
}
static const char *payload_changed(void)
{
    return bearer(first_changed(good(), '.', 8));
}
static const char *signature_cut(void)
{
    return arena_strndup(arena, bearer(good()), strlen(good()) + 7 - 4);
}
static const char *signature_longer(void)
{
    return arena_printf(arena, "Bearer %sAAAA", good());
}
static const char *two_parts(void)
{
    const char *token = bearer(good());
    return arena_strndup(arena, token, (size_t)(strrchr(token, '.') - token));
}
static const char *other_alphabet(void)
{
    char *token = arena_strdup(arena, bearer(good()));
    token[strlen(token) - 2] = '+';
    return token;
}
static const char *too_long(void)
{
    char *filler = arena_alloc(arena, 4000);
    memset(filler, 'x', 3999);
    return bearer(forged(H1, arena_printf(arena, "{" BASE ",\"x\":\"%s\"}", filler), BY_H1));
}
static const char *nul_in_payload(void)
{
    static const char payload[] = "{" ISS AUD SUB ",\"iat\":1,\"exp\":2\0}";
    return bearer(forged_of(STR(H1), (struct str){ payload, sizeof payload - 1 }, BY_H1));
}

struct form_case {
    const char *rule;
    const char *(*make)(void);
};
static const struct form_case FORMS[] = {
    { "an empty header is refused", empty },
    { "a scheme without a token is refused", scheme_only },
    { "a scheme and a blank without a token is refused", no_token },
    { "a token without a scheme is refused", no_scheme },
    { "another scheme is refused", basic },
    { "two blanks are refused", two_blanks },
    { "a tab is refused", tab },
    { "a blank behind the token is refused", blank_behind },
    { "two tokens in one header are refused", two_tokens },
    { "a line end behind the token is refused", line_end_behind },
    { "four parts are refused", four_parts },
    { "a dot behind the token is refused", dot_behind },
    { "a dot before the token is refused", dot_before },
    { "three empty parts are refused", only_dots },
    { "one part is refused", one_part },
    { "two parts are refused", two_parts },
    { "padding is refused", padded },
    { "the plain base64 alphabet is refused", other_alphabet },
    { "bits that mean nothing must be zero", unused_bits },
    { "a changed header is refused", header_changed },
    { "a changed payload is refused", payload_changed },
    { "a cut signature is refused", signature_cut },
    { "a longer signature is refused", signature_longer },
    { "a token over 4096 bytes is refused", too_long },
    { "a NUL in the payload is refused", nul_in_payload },
};

static void form_case_is_refused(void **state)
{
    const struct form_case *bad = *state;
    struct caller caller;
    assert_string_equal(status_code(verify(bad->make(), &caller)), "TOKEN_INVALID");
}

/* --- good tokens --- */

static void a_good_token_of_every_algorithm_is_taken(void **state)
{
    (void)state;
    for (int twice = 0; twice < 2; twice++) { /* the second time from memory */
        assert_int_equal(verify_token(forged(H1, "{" BASE "}", BY_H1)), ST_OK);
        assert_int_equal(verify_token(forged(R1, "{" RS "}", BY_RSA)), ST_OK);
        assert_int_equal(verify_token(forged(E1, "{" ES "}", BY_EC)), ST_OK);
    }
}

static void access_tokens_of_rfc_9068_are_taken(void **state)
{
    (void)state;
    assert_int_equal(verify_token(forged("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"h1\"}", "{" BASE "}", BY_H1)),
                     ST_OK);
    assert_int_equal(verify_token(forged("{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"r1\"}", "{" RS "}", BY_RSA)),
                     ST_OK);
    assert_int_equal(verify_token(forged("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"e1\"}", "{" ES "}", BY_EC)),
                     ST_OK);
}

static void times_may_have_a_fraction(void **state)
{
    (void)state;
    assert_int_equal(verify_token(forged(H1, "{" ISS AUD SUB ",\"iat\":@-10.5,\"nbf\":@-10.0,\"exp\":@+600.5}", BY_H1)),
                     ST_OK);
}

static void a_remembered_token_is_still_judged_by_its_claims(void **state)
{
    (void)state;
    const char *late = forged(E1, "{\"iss\":\"https://es.example\"" AUD SUB ",\"iat\":@-100,\"exp\":@-29}", BY_EC);
    assert_int_equal(verify_token(late), ST_OK); /* within the leeway of 30 seconds */
    sleep(2);
    assert_int_equal(verify_token(late), ST_TOKEN_EXPIRED);
}

static void damage_to_a_remembered_token_is_seen(void **state)
{
    (void)state;
    const char *token = forged(R1, "{" RS "}", BY_RSA);
    assert_int_equal(verify_token(token), ST_OK);
    assert_int_equal(verify_token(first_changed(token, '.', 8)), ST_TOKEN_INVALID);
}

static void keys_of_a_rotation_are_told_apart_by_kid(void **state)
{
    (void)state;
    assert_int_equal(verify_token(forged("{\"alg\":\"HS256\",\"kid\":\"h2\"}", "{" BASE "}", BY_H2)), ST_OK);
    assert_int_equal(verify_token(forged("{\"alg\":\"HS256\",\"kid\":\"h2\"}", "{" BASE "}", BY_H1)), ST_TOKEN_INVALID);
    assert_int_equal(verify_token(forged("{\"alg\":\"RS256\",\"kid\":\"r2\"}", "{" RS "}", BY_RSA_2)), ST_OK);
}

static void an_issuer_with_one_key_needs_no_kid(void **state)
{
    (void)state;
    assert_int_equal(
        verify_token(forged("{\"alg\":\"HS256\"}", "{\"iss\":\"https://one.example\"" AUD SUB TIME "}", BY_ONE)),
        ST_OK);
}

static void claims_become_the_caller(void **state)
{
    (void)state;
    struct caller caller = { 0 };
    const char *token = forged(
        "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"k\"}",
        "{\"iss\":\"https://"
        "one.example\",\"aud\":[\"x\",\"gongji\"],\"sub\":\"op.7:a_b-c\",\"client_id\":\"desk\",\"act\":{\"sub\":"
        "\"clerk-7\"},"
        "\"scope\":\"account  root "
        "family\",\"areas\":[\"340500\",\"*\"],\"terminal_id\":\"T1\",\"id_sighted\":true,\"person_id\":\"P7\","
        "\"channel\":\"kiosk\",\"jti\":\"1\",\"nbf\":@-1" TIME "}",
        BY_ONE);
    assert_int_equal(verify(arena_printf(arena, "bearer %s", token), &caller), ST_OK);
    assert_string_equal(caller.issuer, "one");
    assert_string_equal(caller.sub, "op.7:a_b-c");
    assert_string_equal(caller.client_id, "desk");
    assert_string_equal(caller.actor, "clerk-7");
    assert_string_equal(caller.channel, "counter"); /* the section's, whatever the token says */
    assert_string_equal(caller.operator_person_id, "P7");
    assert_string_equal(caller.terminal_id, "T1");
    assert_true(caller.id_sighted);
    assert_string_equal(caller.scopes[0], "account"); /* root is not the issuer's to grant */
    assert_string_equal(caller.scopes[1], "family");
    assert_null(caller.scopes[2]);
    assert_string_equal(caller.areas[0], "340500");
    assert_string_equal(caller.areas[1], "*");
    assert_null(caller.areas[2]);
}

static void a_counter_says_who_where_and_with_which_document(void **state)
{
    (void)state;
    assert_int_equal(verify_token(forged(K, COUNTER ACT SEEN AT_1 "}", BY_ONE)), ST_OK);
}

static void absent_claims_stay_absent(void **state)
{
    (void)state;
    struct caller caller;
    assert_int_equal(verify(bearer(good()), &caller), ST_OK);
    assert_null(caller.client_id);
    assert_null(caller.actor);
    assert_null(caller.channel);
    assert_null(caller.areas);
    assert_null(caller.scopes[0]);
    assert_false(caller.id_sighted);
}

static void no_header_is_told_as_missing(void **state)
{
    (void)state;
    struct caller caller;
    assert_int_equal(verify(NULL, &caller), ST_TOKEN_MISSING);
}

static void a_moved_business_clock_expires_no_token(void **state)
{
    (void)state;
    const char *token = good();
    clock_set_offset_us(INT64_C(86400000000) * 400);
    assert_int_equal(verify_token(token), ST_OK);
    clock_set_offset_us(0);
}

/* --- configuration --- */

static const char ISSUERS[] = "[issuer hs]\niss = https://hs.example\nkind = citizen\nalgorithm = HS256\nkeys = "
                              "h1=h1.secret h2=h2.secret\nsigning_key = h2=h2.secret\nscopes = family account\n"
                              "[issuer one]\niss = https://one.example\nkind = staff citizen\nchannel = "
                              "counter\nalgorithm = HS256\nkeys = k=one.secret\nsigning_key = k=one.secret\n"
                              "scopes = family account\nallow_act = true\nareas = 340500 350100\n"
                              "[issuer counter]\niss = https://counter.example\nkind = citizen\nchannel = counter\n"
                              "algorithm = HS256\nkeys = k=one.secret\nsigning_key = k=one.secret\nscopes = family\n"
                              "allow_act = true\nrequired_claims = act id_sighted terminal_id\n"
                              "[issuer proof]\niss = https://proof.example\nkind = credential\nalgorithm = HS256\nkeys "
                              "= k=one.secret\nscopes = family\n"
                              "[issuer rs]\niss = https://rs.example\nkind = citizen\nalgorithm = RS256\nkeys = "
                              "keys.json r2=r2.pem\nsigning_key = r1=r1.key\nscopes = family\n"
                              "[issuer es]\niss = https://es.example\nkind = citizen\nalgorithm = ES256\nkeys = "
                              "e1=e1.pem\nsigning_key = e1=e1.key\nscopes = family\n";

static struct conf *conf_of(const char *text)
{
    struct conf *made = NULL;
    const char *why = NULL;
    write_text("test.ini", text);
    if (!conf_load(in_folder("test.ini"), &made, &why, arena))
        fail_msg("%s", why);
    return made;
}

static void minted_tokens_are_good(void **state)
{
    (void)state;
    static const char *const NAMES[] = { "hs", "one", "rs", "es" };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        struct token_request in = {
            .issuer = NAMES[i], .sub = "P1", .scope = "family", .client_id = "cli", .ttl_seconds = 600
        };
        const char *why = NULL;
        char *token = NULL;
        struct caller caller;
        assert_true(auth_mint(conf, &in, &token, &why, arena));
        assert_int_equal(verify(bearer(token), &caller), ST_OK);
        assert_string_equal(caller.issuer, NAMES[i]);
        assert_string_equal(caller.scopes[0], "family");
    }
}

static void areas_of_a_minted_token_are_asked_for_or_the_issuers(void **state)
{
    (void)state;
    struct token_request in = { .issuer = "one", .sub = "op1", .act = "clerk", .ttl_seconds = 600 };
    const char *why = NULL;
    char *token = NULL;
    struct caller caller;
    assert_true(auth_mint(conf, &in, &token, &why, arena));
    assert_int_equal(verify(bearer(token), &caller), ST_OK);
    assert_string_equal(caller.areas[1], "350100");
    assert_string_equal(caller.actor, "clerk");
    in.areas = "*";
    assert_true(auth_mint(conf, &in, &token, &why, arena));
    assert_int_equal(verify(bearer(token), &caller), ST_OK);
    assert_string_equal(caller.areas[0], "*");
    assert_null(caller.areas[1]);
}

static void minting_refuses_what_no_server_would_take(void **state)
{
    (void)state;
    static const struct {
        struct token_request in;
        const char *word;
    } CASES[] = {
        { { .issuer = "nobody", .sub = "P1", .ttl_seconds = 60 }, "nobody" },
        { { .issuer = "hs", .ttl_seconds = 60 }, "subject" },
        { { .issuer = "hs", .sub = "P1", .scope = "family root", .ttl_seconds = 60 }, "root" },
        { { .issuer = "hs", .sub = "P1", .act = "x", .ttl_seconds = 60 }, "allow_act" },
        { { .issuer = "counter", .sub = "P1", .terminal_id = "T1", .id_sighted = true, .ttl_seconds = 60 }, "--act" },
        { { .issuer = "counter", .sub = "P1", .act = "x", .id_sighted = true, .ttl_seconds = 60 }, "--terminal" },
        { { .issuer = "counter", .sub = "P1", .act = "x", .terminal_id = "T1", .ttl_seconds = 60 }, "--sighted" },
        { { .issuer = "hs", .sub = "P1", .ttl_seconds = 3601 }, "3600" },
        { { .issuer = "proof", .sub = "P1", .ttl_seconds = 60 }, "signing_key" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *why = NULL;
        char *token = NULL;
        assert_false(auth_mint(conf, &CASES[i].in, &token, &why, arena));
        assert_non_null(strstr(why, CASES[i].word));
    }
}

static void start_is_refused_on_missing_empty_or_weak_keys(void **state)
{
    (void)state;
    static const struct {
        const char *algorithm, *keys, *word;
    } CASES[] = {
        { "HS256", "k=missing.secret", "No such file" },
        { "HS256", "k=empty.secret", "empty" },
        { "HS256", "k=short.secret", "32 bytes" },
        { "HS256", "k=alike.secret", "repeated" },
        { "HS256", "h1.secret", "KID=FILE" },
        { "HS256", "a=h1.secret a=h2.secret", "twice" },
        { "HS256", "keys.json", "no key for this algorithm" },
        { "HS256", "broken.json", "JWK set" },
        { "RS256", "k=weak.pem", "2048" },
        { "RS256", "k=e1.pem", "RSA" },
        { "RS256", "k=h1.secret", "PEM" },
        { "ES256", "k=r2.pem", "P-256" },
        { "ES256", "k=p384.pem", "P-256" },
        { "ES512", "k=e1.pem", "HS256, RS256 or ES256" },
        { "HS256", "=h1.secret", "kid" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct conf *bad = conf_of(
            arena_printf(arena, "[issuer x]\niss = i\nkind = citizen\nscopes = family\nalgorithm = %s\nkeys = %s\n",
                         CASES[i].algorithm, CASES[i].keys));
        struct auth *none = NULL;
        const char *why = NULL;
        assert_false(auth_new(bad, &none, &why, arena));
        if (strstr(why, CASES[i].word) == NULL)
            fail_msg("%s: %s", CASES[i].keys, why);
        assert_non_null(strstr(why, "[issuer x]"));
        conf_free(bad);
    }
}

static void two_sections_cannot_share_an_iss(void **state)
{
    (void)state;
    struct conf *bad = conf_of(
        "[issuer a]\niss = i\nkind = citizen\nscopes = family\nalgorithm = HS256\nkeys = k=h1.secret\n"
        "[issuer b]\niss = i\nkind = staff\nscopes = registry\nalgorithm = HS256\nkeys = k=h2.secret\n");
    struct auth *none = NULL;
    const char *why = NULL;
    assert_false(auth_new(bad, &none, &why, arena));
    assert_non_null(strstr(why, "[issuer b]"));
    conf_free(bad);
}

static void a_reload_takes_new_keys_and_forgets_old_ones(void **state)
{
    (void)state;
    const char *why = NULL, *old = forged(E1, "{" ES "}", BY_EC), *new = forged(E1, "{" ES "}", BY_EC_2);
    assert_int_equal(verify_token(old), ST_OK);
    write_public("e1.pem", ec_2);
    assert_true(auth_reload(auth, conf, &why, arena));
    assert_int_equal(verify_token(old), ST_TOKEN_INVALID);
    assert_int_equal(verify_token(new), ST_OK);
    write_text("e1.pem", "");
    assert_false(auth_reload(auth, conf, &why, arena)); /* a faulty set leaves the good one in place */
    assert_int_equal(verify_token(new), ST_OK);
    write_public("e1.pem", ec);
    assert_true(auth_reload(auth, conf, &why, arena));
}

static int set_up(void **state)
{
    const char *why = NULL;
    EVP_PKEY *weak = EVP_RSA_gen(1024), *p384 = EVP_EC_gen("P-384");
    (void)state;
    arena = arena_new();
    rsa = EVP_RSA_gen(2048), rsa_2 = EVP_RSA_gen(2048), ec = EVP_EC_gen("P-256"), ec_2 = EVP_EC_gen("P-256");
    if (mkdtemp(folder) == NULL)
        return -1;
    write_text("h1.secret", arena_printf(arena, "%s\n", SECRET_1));
    write_text("h2.secret", SECRET_2);
    write_text("one.secret", arena_printf(arena, "%s\r\n", SECRET_ONE));
    write_text("empty.secret", "");
    write_text("short.secret", "1234567890123456789012345678901\n");
    write_text("alike.secret", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
    write_text("broken.json", "{\"keys\":{}}");
    write_jwks("keys.json");
    write_public("r2.pem", rsa_2), write_private("r1.key", rsa);
    write_public("e1.pem", ec), write_private("e1.key", ec);
    write_public("weak.pem", weak), write_public("p384.pem", p384);
    EVP_PKEY_free(weak), EVP_PKEY_free(p384);
    conf = conf_of(ISSUERS);
    if (!auth_new(conf, &auth, &why, arena))
        fail_msg("%s", why);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const FILES[] = { "h1.secret",    "h2.secret",   "one.secret", "empty.secret", "short.secret",
                                         "alike.secret", "broken.json", "keys.json",  "r2.pem",       "r1.key",
                                         "e1.pem",       "e1.key",      "weak.pem",   "p384.pem",     "test.ini" };
    (void)state;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        unlink(in_folder(FILES[i]));
    rmdir(folder);
    auth_free(auth);
    conf_free(conf);
    EVP_PKEY_free(rsa), EVP_PKEY_free(rsa_2), EVP_PKEY_free(ec), EVP_PKEY_free(ec_2);
    arena_free(arena);
    return 0;
}

enum { CLAIM_CASES = sizeof CLAIMS / sizeof *CLAIMS, FORM_CASES = sizeof FORMS / sizeof *FORMS };

int main(void)
{
    static const struct CMUnitTest REST[] = {
        cmocka_unit_test(a_good_token_of_every_algorithm_is_taken),
        cmocka_unit_test(access_tokens_of_rfc_9068_are_taken),
        cmocka_unit_test(times_may_have_a_fraction),
        cmocka_unit_test(a_remembered_token_is_still_judged_by_its_claims),
        cmocka_unit_test(damage_to_a_remembered_token_is_seen),
        cmocka_unit_test(keys_of_a_rotation_are_told_apart_by_kid),
        cmocka_unit_test(an_issuer_with_one_key_needs_no_kid),
        cmocka_unit_test(claims_become_the_caller),
        cmocka_unit_test(a_counter_says_who_where_and_with_which_document),
        cmocka_unit_test(absent_claims_stay_absent),
        cmocka_unit_test(no_header_is_told_as_missing),
        cmocka_unit_test(a_moved_business_clock_expires_no_token),
        cmocka_unit_test(minted_tokens_are_good),
        cmocka_unit_test(areas_of_a_minted_token_are_asked_for_or_the_issuers),
        cmocka_unit_test(minting_refuses_what_no_server_would_take),
        cmocka_unit_test(start_is_refused_on_missing_empty_or_weak_keys),
        cmocka_unit_test(only_a_credential_issuers_token_proves_a_card_was_shown),
        cmocka_unit_test(two_sections_cannot_share_an_iss),
        cmocka_unit_test(a_reload_takes_new_keys_and_forgets_old_ones),
    };
    enum { RESTS = sizeof REST / sizeof *REST };
    static struct CMUnitTest tests[CLAIM_CASES + FORM_CASES + RESTS];
    for (size_t i = 0; i < CLAIM_CASES; i++)
        tests[i] = (struct CMUnitTest){ CLAIMS[i].rule, claim_case_is_refused, NULL, NULL,
                                        (void *)(uintptr_t)&CLAIMS[i] };
    for (size_t i = 0; i < FORM_CASES; i++)
        tests[CLAIM_CASES + i] = (struct CMUnitTest){ FORMS[i].rule, form_case_is_refused, NULL, NULL,
                                                      (void *)(uintptr_t)&FORMS[i] };
    memcpy(tests + CLAIM_CASES + FORM_CASES, REST, sizeof REST);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
