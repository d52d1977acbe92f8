#pragma once
/* Sealing and blind indexing of identity data, digests and random bytes, all by OpenSSL libcrypto.
 *
 * A key ring holds one active key and older ones that are still understood; rings come from files of lines
 * "KEY-ID BASE64(32 bytes)", the first line active. Key ids are 1–16 of [a-z0-9-]. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gongji/base/arena.h>
#include <gongji/base/status.h>
#include <gongji/base/str.h>

enum { DIGEST_BYTES = 32, KEY_RING_MAX = 8 };

struct key_ring;
/* On failure *ret_why is one plain line for the operator ("var/keys/seal: line 2: not 32 bytes of base64"). */
bool key_ring_load(const char *path, struct key_ring **ret, const char **ret_why, struct arena *arena);
void key_ring_free(struct key_ring *ring);
size_t key_ring_count(const struct key_ring *ring);
const char *key_ring_id(const struct key_ring *ring, size_t i); /* 0 is the active key */

/* AES-256-GCM (NIST SP 800-38D): "v1." KEY-ID "." base64url(nonce 12 || ciphertext || tag 16). `aad` names table, column and person. */
char *crypto_seal(const struct key_ring *ring, struct arena *arena, const char *aad, struct str plain);
bool crypto_open(const struct key_ring *ring, struct arena *arena, const char *aad, const char *sealed,
                 struct str *ret_plain);

/* HMAC-SHA-256 under key i of the ring over `purpose` NUL a NUL b, as lower-case hex (64). b may be NULL. */
char *crypto_blind_index(const struct key_ring *ring, size_t i, struct arena *arena, const char *purpose, const char *a,
                         const char *b);

void crypto_hmac_sha256(struct str key, struct str bytes, unsigned char ret_digest[static DIGEST_BYTES]);
void crypto_sha256(struct str bytes, unsigned char ret_digest[static DIGEST_BYTES]);
char *crypto_sha256_hex(struct arena *arena, struct str bytes);
void crypto_random(void *ret_bytes, size_t size); /* aborts when the system has no randomness */
char *hex_encode(struct arena *arena, const void *bytes, size_t size);
/* Canonical only: no padding for the url form, padding for the other, unused bits zero, no foreign characters. */
bool base64url_decode(struct arena *arena, struct str text, struct str *ret);
char *base64url_encode(struct arena *arena, struct str bytes);
bool base64_decode(struct arena *arena, struct str text, struct str *ret);
char *base64_encode(struct arena *arena, struct str bytes);
