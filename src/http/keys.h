#pragma once
/* Token issuers with their keys, as configured: read whole, checked whole, then never changed. */
#include <openssl/types.h>

#include <gongji/base/conf.h>
#include <gongji/base/str.h>

enum algorithm { HS256, RS256, ES256, ALGORITHM_COUNT };

struct token_key {
    const char *kid;
    struct str material;    /* HS256: the secret; for minting else a private key as PEM */
    EVP_PKEY *public_key;   /* for verifying by RS256 and ES256: read once, used by all threads */
    size_t signature_bytes; /* the only length a signature by it may have */
};

enum { KEYS_MAX = 16 };
struct issuer {
    const char *name, *iss, *aud, *channel; /* channel NULL: none */
    enum algorithm algorithm;
    const char *const *scopes; /* it may grant; NULL-terminated */
    const char *const *cash_channels;
    int64_t max_lifetime_s;
    bool allow_act;
    bool needs_actor, needs_sighting, needs_terminal; /* claims its tokens must carry: at a counter, at a kiosk */
    bool for_calls;  /* false: its tokens are proofs (kind credential) and open no route */
    bool for_proofs; /* kind credential, alone or beside others */
    struct token_key keys[KEYS_MAX];
    size_t key_count;
};

struct key_set {
    struct arena *arena;
    struct issuer *issuers;
    size_t count;
};

/* False with one plain line that names section and file. */
bool key_set_load(const struct conf *conf, struct key_set **ret, const char **ret_why, struct arena *arena);
void key_set_free(struct key_set *set);
const struct issuer *key_set_issuer(const struct key_set *set, const char *iss);

const char *algorithm_name(enum algorithm algorithm);
bool algorithm_of(const char *name, enum algorithm *ret);

/* For minting. The secret, or a private key as PEM; weak ones are refused like verification keys. */
bool signing_key_load(const struct conf *conf, const struct conf_issuer *issuer, enum algorithm algorithm,
                      struct token_key *ret, const char **ret_why, struct arena *arena);
const char *const *words(struct arena *arena, const char *text); /* split at blanks and commas, NULL-terminated */
