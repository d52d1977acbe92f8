/* Reads the keys of token issuers: secrets, PEM public keys and JWK sets (RFC 7517). A key that is missing, empty or
 * weak is told with its section and file, and nothing of the set is used. */
#include "keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <gongji/base/crypto.h>
#include <gongji/base/json.h>

#include "jwk.h"

enum {
    FILE_MAX = 256 * 1024,
    SECRET_MIN = 32,     /* RFC 7518 §3.2: as long as the hash */
    RSA_MIN_BITS = 2048, /* RFC 7518 §3.3 */
    RSA_MAX_BITS = 8192, /* beyond it one verification is a burden */
    P256_BYTES = 32
};

static void bio_freep(BIO **bio)
{
    BIO_free(*bio);
}

static void pkey_freep(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void file_closep(FILE **file)
{
    if (*file != NULL)
        fclose(*file);
}

/* What a loader knows while it works on one section. */
struct loader {
    const struct conf *conf;
    struct arena *arena; /* the set's */
    struct arena *why_arena;
    const char **ret_why;
    const char *section, *file;
    struct issuer *issuer;
};

static bool fail(const struct loader *loader, const char *what)
{
    const char *file = loader->file == NULL ? "" : arena_printf(loader->why_arena, "%s: ", loader->file);
    *loader->ret_why = arena_printf(loader->why_arena, "[issuer %s] %s%s", loader->section, file, what);
    return false;
}

static const char *const ALGORITHMS[ALGORITHM_COUNT] = { [HS256] = "HS256", [RS256] = "RS256", [ES256] = "ES256" };

const char *algorithm_name(enum algorithm algorithm)
{
    return ALGORITHMS[algorithm];
}

bool algorithm_of(const char *name, enum algorithm *ret)
{
    for (int i = 0; i < ALGORITHM_COUNT; i++)
        if (strcmp(ALGORITHMS[i], name) == 0) {
            *ret = (enum algorithm)i;
            return true;
        }
    return false;
}

const char *const *words(struct arena *arena, const char *text)
{
    const char **list = arena_alloc(arena, (strlen(text) / 2 + 2) * sizeof *list);
    size_t count = 0;
    for (text += strspn(text, " \t,"); *text != '\0'; text += strspn(text, " \t,")) {
        size_t length = strcspn(text, " \t,");
        list[count++] = arena_strndup(arena, text, length);
        text += length;
    }
    return list;
}

static bool file_read(const struct loader *loader, struct str *ret)
{
    CLEANUP(file_closep) FILE *file = fopen(loader->file, "re");
    if (file == NULL)
        return fail(loader, strerror(errno));
    char *bytes = arena_alloc(loader->arena, FILE_MAX + 1);
    size_t length = fread(bytes, 1, FILE_MAX, file);
    if (ferror(file))
        return fail(loader, strerror(errno));
    if (length == 0)
        return fail(loader, "is empty");
    *ret = (struct str){ bytes, length };
    return true;
}

/* --- secrets --- */

static bool all_alike(struct str secret)
{
    for (size_t i = 1; i < secret.length; i++)
        if (secret.bytes[i] != secret.bytes[0])
            return false;
    return true;
}

/* One line end is the editor's, not the secret's. */
static struct str without_line_end(struct str text)
{
    if (text.length > 0 && text.bytes[text.length - 1] == '\n')
        text.length--;
    if (text.length > 0 && text.bytes[text.length - 1] == '\r')
        text.length--;
    return text;
}

static bool secret_check(const struct loader *loader, struct str secret)
{
    if (secret.length < SECRET_MIN)
        return fail(loader, "an HS256 secret has at least 32 bytes");
    return !all_alike(secret) || fail(loader, "this secret is one byte repeated");
}

/* --- public keys --- */

static bool strong(const struct loader *loader, const EVP_PKEY *key, size_t *ret_signature_bytes)
{
    char curve[32] = "";
    int bits = EVP_PKEY_get_bits(key);
    if (loader->issuer->algorithm == RS256) {
        if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
            return fail(loader, "RS256 needs an RSA key");
        if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS)
            return fail(loader, "an RSA key has 2048 to 8192 bits");
        *ret_signature_bytes = ((size_t)bits + 7) / 8;
        return true;
    }
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) != 1 ||
        strcmp(curve, SN_X9_62_prime256v1) != 0)
        return fail(loader, "ES256 needs a key on the curve P-256");
    *ret_signature_bytes = (size_t)2 * P256_BYTES;
    return true;
}

static void key_free(void *key)
{
    EVP_PKEY_free(key);
}

static bool kid_fine(const char *kid)
{
    size_t length = kid == NULL ? 0 : strlen(kid);
    return length >= 1 && length <= 128;
}

static bool key_add(const struct loader *loader, struct token_key key)
{
    struct issuer *issuer = loader->issuer;
    if (!kid_fine(key.kid))
        return fail(loader, "a key needs a kid of 1 to 128 characters");
    for (size_t i = 0; i < issuer->key_count; i++)
        if (strcmp(issuer->keys[i].kid, key.kid) == 0)
            return fail(loader, arena_printf(loader->why_arena, "kid %s is there twice", key.kid));
    if (issuer->key_count == KEYS_MAX)
        return fail(loader, "has more than 16 keys");
    key.kid = arena_strdup(loader->arena, key.kid);
    issuer->keys[issuer->key_count++] = key;
    return true;
}

/* Takes the key over. */
static bool public_add(const struct loader *loader, const char *kid, EVP_PKEY *key)
{
    struct token_key new = { .kid = kid, .public_key = key };
    arena_defer(loader->arena, key_free, key);
    return strong(loader, key, &new.signature_bytes) && key_add(loader, new);
}

static bool secret_add(const struct loader *loader, const char *kid, struct str secret)
{
    return secret_check(loader, secret) &&
           key_add(loader, (struct token_key){ .kid = kid, .material = secret, .signature_bytes = DIGEST_BYTES });
}

static bool file_add(const struct loader *loader, const char *kid)
{
    struct str text;
    if (!file_read(loader, &text))
        return false;
    if (loader->issuer->algorithm == HS256)
        return secret_add(loader, kid, without_line_end(text));
    CLEANUP(bio_freep) BIO *bio = BIO_new_mem_buf(text.bytes, (int)text.length);
    EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    return key != NULL ? public_add(loader, kid, key) : fail(loader, "is no PEM public key (BEGIN PUBLIC KEY)");
}

/* --- JWK sets --- */

/* A set may hold keys for other purposes and algorithms; those are passed over. */
static bool jwk_meant(const struct loader *loader, const json_t *jwk)
{
    static const char *const TYPES[ALGORITHM_COUNT] = { [HS256] = "oct", [RS256] = "RSA", [ES256] = "EC" };
    const char *type = json_string_value(json_object_get(jwk, "kty")),
               *use = json_string_value(json_object_get(jwk, "use")),
               *algorithm = json_string_value(json_object_get(jwk, "alg"));
    if (type == NULL || strcmp(type, TYPES[loader->issuer->algorithm]) != 0 || (use != NULL && strcmp(use, "sig") != 0))
        return false;
    return algorithm == NULL || strcmp(algorithm, algorithm_name(loader->issuer->algorithm)) == 0;
}

static bool jwk_add(const struct loader *loader, const json_t *jwk)
{
    const char *kid = json_string_value(json_object_get(jwk, "kid"));
    struct str secret;
    if (loader->issuer->algorithm == HS256)
        return jwk_member(loader->arena, jwk, "k", &secret) ? secret_add(loader, kid, secret)
                                                            : fail(loader, "a secret (k) is not base64url");
    EVP_PKEY *key = jwk_public(loader->arena, jwk, loader->issuer->algorithm);
    return key != NULL ? public_add(loader, kid, key) : fail(loader, "holds a key that cannot be read");
}

static bool set_add(const struct loader *loader)
{
    struct faults faults = { .arena = loader->arena };
    size_t i, before = loader->issuer->key_count;
    struct str text;
    const json_t *jwk;
    if (!file_read(loader, &text))
        return false;
    const json_t *keys = json_object_get(json_read(&faults, text), "keys");
    if (!json_is_array(keys))
        return fail(loader, "is no JWK set ({\"keys\": [...]})");
    json_array_foreach(keys, i, jwk) {
        if (jwk_meant(loader, jwk) && !jwk_add(loader, jwk))
            return false;
    }
    return loader->issuer->key_count > before || fail(loader, "has no key for this algorithm");
}

/* --- issuers --- */

/* "KID=FILE", or a JWK set file, which brings its own kids. */
static bool entry_add(struct loader *loader, const char *entry)
{
    const char *equals = strchr(entry, '=');
    loader->file = conf_resolve(loader->conf, loader->why_arena, equals == NULL ? entry : equals + 1);
    size_t length = strlen(loader->file);
    if (equals != NULL)
        return file_add(loader, arena_strndup(loader->arena, entry, (size_t)(equals - entry)));
    if (length > 5 && strcmp(loader->file + length - 5, ".json") == 0)
        return set_add(loader);
    return fail(loader, "keys are KID=FILE or a JWK set FILE.json");
}

static bool keys_load(struct loader *loader, const char *entries)
{
    const char *const *list = words(loader->arena, entries);
    for (size_t i = 0; list[i] != NULL; i++)
        if (!entry_add(loader, list[i]))
            return false;
    loader->file = NULL;
    return loader->issuer->key_count > 0 || fail(loader, "keys names no key");
}

static bool required_load(struct loader *loader, const char *claims)
{
    struct issuer *issuer = loader->issuer;
    const struct {
        const char *claim;
        bool *flag;
    } KNOWN[] = { { "act", &issuer->needs_actor },
                  { "id_sighted", &issuer->needs_sighting },
                  { "terminal_id", &issuer->needs_terminal } };
    enum { COUNT = sizeof KNOWN / sizeof *KNOWN };
    const char *const *list = words(loader->arena, claims);
    for (size_t i = 0, k; list[i] != NULL; i++) {
        for (k = 0; k < COUNT && strcmp(list[i], KNOWN[k].claim) != 0; k++)
            ;
        if (k == COUNT)
            return fail(loader, "required_claims is any of act, id_sighted and terminal_id");
        *KNOWN[k].flag = true;
    }
    return issuer->allow_act || !issuer->needs_actor || fail(loader, "required_claims has act, but allow_act is false");
}

static bool issuer_load(struct loader *loader, const struct conf_issuer *from)
{
    struct issuer *issuer = loader->issuer;
    struct arena *arena = loader->arena;
    issuer->name = arena_strdup(arena, from->name);
    issuer->iss = arena_strdup(arena, from->iss);
    issuer->aud = arena_strdup(arena, from->aud);
    issuer->channel = *from->channel == '\0' ? NULL : arena_strdup(arena, from->channel);
    issuer->scopes = words(arena, from->scopes);
    issuer->cash_channels = words(arena, from->cash_channels);
    issuer->allow_act = strcmp(from->allow_act, "true") == 0;
    issuer->for_calls = strcmp(from->kind, "credential") != 0;
    issuer->for_proofs = text_in("credential", words(arena, from->kind));
    if (*issuer->iss == '\0' || *issuer->aud == '\0')
        return fail(loader, "iss and aud cannot be empty");
    if (!issuer->allow_act && strcmp(from->allow_act, "false") != 0)
        return fail(loader, "allow_act is true or false");
    if (!parse_int64(from->max_lifetime, &issuer->max_lifetime_s) || issuer->max_lifetime_s < 1)
        return fail(loader, "max_lifetime is a number of seconds");
    if (!algorithm_of(from->algorithm, &issuer->algorithm))
        return fail(loader, "algorithm is HS256, RS256 or ES256");
    return required_load(loader, from->required_claims) && keys_load(loader, from->keys);
}

static bool issuers_load(struct loader *loader, struct key_set *set, const struct conf_issuer *from)
{
    for (size_t i = 0; i < set->count; i++) {
        loader->section = from[i].name;
        loader->file = NULL;
        loader->issuer = &set->issuers[i];
        if (!issuer_load(loader, &from[i]))
            return false;
        if (key_set_issuer(set, from[i].iss) != loader->issuer)
            return fail(loader, "has the iss of another section");
    }
    return true;
}

bool key_set_load(const struct conf *conf, struct key_set **ret, const char **ret_why, struct arena *arena)
{
    size_t count;
    const struct conf_issuer *from = conf_issuers(conf, &count);
    struct arena *own = arena_new();
    struct key_set *set = arena_alloc(own, sizeof *set);
    struct loader loader = { .conf = conf, .arena = own, .why_arena = arena, .ret_why = ret_why };
    *set = (struct key_set){ own, arena_alloc(own, (count + 1) * sizeof *set->issuers), count };
    if (!issuers_load(&loader, set, from)) {
        arena_free(own);
        return false;
    }
    *ret = set;
    return true;
}

void key_set_free(struct key_set *set)
{
    if (set != NULL)
        arena_free(set->arena);
}

const struct issuer *key_set_issuer(const struct key_set *set, const char *iss)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->issuers[i].iss != NULL && strcmp(set->issuers[i].iss, iss) == 0)
            return &set->issuers[i];
    return NULL;
}

bool signing_key_load(const struct conf *conf, const struct conf_issuer *from, enum algorithm algorithm,
                      struct token_key *ret, const char **ret_why, struct arena *arena)
{
    struct issuer issuer = { .algorithm = algorithm };
    struct loader loader = {
        .conf = conf, .arena = arena, .why_arena = arena, .ret_why = ret_why, .section = from->name, .issuer = &issuer
    };
    const char *equals = strchr(from->signing_key, '=');
    if (equals == NULL)
        return fail(&loader, "has no signing_key (KID=FILE)");
    loader.file = conf_resolve(conf, arena, equals + 1);
    ret->kid = arena_strndup(arena, from->signing_key, (size_t)(equals - from->signing_key));
    if (!file_read(&loader, &ret->material))
        return false;
    if (algorithm == HS256) {
        ret->material = without_line_end(ret->material);
        return secret_check(&loader, ret->material);
    }
    CLEANUP(bio_freep) BIO *bio = BIO_new_mem_buf(ret->material.bytes, (int)ret->material.length);
    CLEANUP(pkey_freep) EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    return key != NULL ? strong(&loader, key, &ret->signature_bytes) : fail(&loader, "is no PEM private key");
}
