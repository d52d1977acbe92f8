/* Sealing, blind indexes, digests, randomness and base64: the only module that knows libcrypto's calls for them. */
#include <gongji/base/crypto.h>

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <sys/random.h>

#include <gongji/base/log.h>

enum { KEY_BYTES = 32, KEY_ID_MAX = 16, NONCE_BYTES = 12, TAG_BYTES = 16, KEY_LINE_MAX = 128 };

static const char SEAL_VERSION[] = "v1.";

struct key {
    char id[KEY_ID_MAX + 1];
    unsigned char bytes[KEY_BYTES];
};

struct key_ring {
    size_t count;
    struct key keys[KEY_RING_MAX];
};

/* libcrypto fails on sealing and hashing only when memory or randomness is out: there is nothing to answer then. */
static void must(bool succeeded)
{
    if (succeeded)
        return;
    log_event(LOG_ERROR, "crypto_failed");
    abort();
}

static void cipher_free(EVP_CIPHER_CTX **context)
{
    EVP_CIPHER_CTX_free(*context);
}

/* --- hexadecimal and base64 --- */

char *hex_encode(struct arena *arena, const void *bytes, size_t size)
{
    static const char HEX[] = "0123456789abcdef";
    char *text = arena_alloc(arena, 2 * size + 1);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = ((const unsigned char *)bytes)[i];
        text[2 * i] = HEX[byte >> 4];
        text[2 * i + 1] = HEX[byte & 15];
    }
    return text;
}

static const char STANDARD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_SAFE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static char *encode(struct arena *arena, struct str bytes, const char *alphabet, bool padded)
{
    char *text = arena_alloc(arena, (bytes.length + 2) / 3 * 4 + 1), *end = text;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < bytes.length; i++) {
        bits = bits << 8 | (unsigned char)bytes.bytes[i];
        for (held += 8; held >= 6; held -= 6)
            *end++ = alphabet[bits >> (held - 6) & 63];
    }
    if (held)
        *end++ = alphabet[bits << (6 - held) & 63];
    while (padded && (end - text) % 4)
        *end++ = '=';
    return text;
}

static bool decode(struct arena *arena, struct str text, const char *alphabet, struct str *ret)
{
    if (text.length % 4 == 1)
        return false;
    char *bytes = arena_alloc(arena, text.length / 4 * 3 + 3), *end = bytes;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *letter = text.bytes[i] ? strchr(alphabet, text.bytes[i]) : NULL;
        if (!letter)
            return false;
        bits = bits << 6 | (unsigned)(letter - alphabet);
        held += 6;
        if (held >= 8)
            *end++ = (char)(bits >> (held -= 8));
    }
    if (bits & ((1U << held) - 1)) /* unused bits set: a second spelling of the same bytes */
        return false;
    *ret = (struct str){ bytes, (size_t)(end - bytes) };
    return true;
}

bool base64url_decode(struct arena *arena, struct str text, struct str *ret)
{
    return decode(arena, text, URL_SAFE, ret);
}

char *base64url_encode(struct arena *arena, struct str bytes)
{
    return encode(arena, bytes, URL_SAFE, false);
}

bool base64_decode(struct arena *arena, struct str text, struct str *ret)
{
    if (text.length % 4)
        return false;
    for (int pads = 0; pads < 2 && text.length && text.bytes[text.length - 1] == '='; pads++)
        text.length--;
    return decode(arena, text, STANDARD, ret);
}

char *base64_encode(struct arena *arena, struct str bytes)
{
    return encode(arena, bytes, STANDARD, true);
}

/* --- digests and randomness --- */

/* From the kernel: RAND_bytes would keep a generator of its own in each connection's thread and take a lock that all
 * of them share. */
void crypto_random(void *ret_bytes, size_t size)
{
    unsigned char *at = ret_bytes;
    for (size_t most = 256; size > 0; at += most, size -= most) { /* getentropy() gives no more at once */
        most = size < most ? size : most;
        must(getentropy(at, most) == 0);
    }
}

/* Looked up once: EVP_sha256() alone is looked up again, behind locks, at every use. */
static EVP_MD *fetched_sha256;

static void sha256_fetch(void)
{
    fetched_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    must(fetched_sha256 != NULL);
}

static const EVP_MD *sha256(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sha256_fetch);
    return fetched_sha256;
}

void crypto_sha256(struct str bytes, unsigned char ret_digest[static DIGEST_BYTES])
{
    must(EVP_Digest(bytes.bytes, bytes.length, ret_digest, NULL, sha256(), NULL) == 1);
}

char *crypto_sha256_hex(struct arena *arena, struct str bytes)
{
    unsigned char digest[DIGEST_BYTES];
    crypto_sha256(bytes, digest);
    return hex_encode(arena, digest, sizeof(digest));
}

void crypto_hmac_sha256(struct str key, struct str bytes, unsigned char ret_digest[static DIGEST_BYTES])
{
    must(HMAC(sha256(), key.bytes, (int)key.length, (const unsigned char *)bytes.bytes, bytes.length, ret_digest,
              NULL) != NULL);
}

char *crypto_blind_index(const struct key_ring *ring, size_t i, struct arena *arena, const char *purpose, const char *a,
                         const char *b)
{
    assert(i < ring->count);
    struct buf message = buf_new(arena);
    buf_append_n(&message, purpose, strlen(purpose) + 1);
    buf_append(&message, a);
    if (b)
        buf_append_n(&message, "", 1);
    if (b)
        buf_append(&message, b);
    unsigned char digest[DIGEST_BYTES];
    must(HMAC(sha256(), ring->keys[i].bytes, KEY_BYTES, (const unsigned char *)buf_text(&message), message.length,
              digest, NULL) != NULL);
    return hex_encode(arena, digest, sizeof(digest));
}

/* --- sealing --- */

static const struct key *key_find(const struct key_ring *ring, struct str id)
{
    for (size_t i = 0; i < ring->count; i++)
        if (str_equal(str_of(ring->keys[i].id), id))
            return &ring->keys[i];
    return NULL;
}

char *crypto_seal(const struct key_ring *ring, struct arena *arena, const char *aad, struct str plain)
{
    assert(plain.length <= INT32_MAX - NONCE_BYTES - TAG_BYTES);
    CLEANUP(cipher_free) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    size_t size = NONCE_BYTES + plain.length + TAG_BYTES;
    unsigned char *nonce = arena_alloc(arena, size), *cipher = nonce + NONCE_BYTES, *tag = cipher + plain.length;
    int done;
    crypto_random(nonce, NONCE_BYTES);
    must(context && EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), ring->keys[0].bytes, nonce, NULL) == 1 &&
         EVP_EncryptUpdate(context, NULL, &done, (const unsigned char *)aad, (int)strlen(aad)) == 1 &&
         EVP_EncryptUpdate(context, cipher, &done, (const unsigned char *)plain.bytes, (int)plain.length) == 1 &&
         EVP_EncryptFinal_ex(context, tag, &done) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, tag) == 1);
    return arena_printf(arena, "%s%s.%s", SEAL_VERSION, ring->keys[0].id,
                        base64url_encode(arena, (struct str){ (const char *)nonce, size }));
}

/* "v1.KEY.DATA" -> the key and the bytes; false when a part is missing or the key is not in the ring. */
static bool seal_parse(const struct key_ring *ring, struct arena *arena, const char *sealed, const struct key **ret_key,
                       struct str *ret_bytes)
{
    if (!sealed || !str_starts(str_of(sealed), STR("v1.")))
        return false;
    const char *id = sealed + strlen(SEAL_VERSION), *dot = strchr(id, '.');
    return dot && (*ret_key = key_find(ring, (struct str){ id, (size_t)(dot - id) })) &&
           base64url_decode(arena, str_of(dot + 1), ret_bytes) && ret_bytes->length >= NONCE_BYTES + TAG_BYTES &&
           ret_bytes->length <= INT32_MAX;
}

bool crypto_open(const struct key_ring *ring, struct arena *arena, const char *aad, const char *sealed,
                 struct str *ret_plain)
{
    const struct key *key;
    struct str bytes;
    if (!seal_parse(ring, arena, sealed, &key, &bytes))
        return false;
    size_t length = bytes.length - NONCE_BYTES - TAG_BYTES;
    const unsigned char *nonce = (const unsigned char *)bytes.bytes, *cipher = nonce + NONCE_BYTES;
    unsigned char *plain = arena_alloc(arena, length + 1), tag[TAG_BYTES];
    memcpy(tag, cipher + length, TAG_BYTES);
    CLEANUP(cipher_free) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done;
    must(context && EVP_DecryptInit_ex2(context, EVP_aes_256_gcm(), key->bytes, nonce, NULL) == 1 &&
         EVP_DecryptUpdate(context, NULL, &done, (const unsigned char *)aad, (int)strlen(aad)) == 1 &&
         EVP_DecryptUpdate(context, plain, &done, cipher, (int)length) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1);
    if (EVP_DecryptFinal_ex(context, plain + length, &done) != 1) {
        OPENSSL_cleanse(plain, length); /* not authentic: nobody may look at it */
        return false;
    }
    *ret_plain = (struct str){ (const char *)plain, length };
    return true;
}

/* --- key rings --- */

static bool key_id_valid(const char *id)
{
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length >= 1 && length <= KEY_ID_MAX && id[length] == '\0';
}

static bool key_weak(const unsigned char bytes[static KEY_BYTES])
{
    for (size_t i = 1; i < KEY_BYTES; i++)
        if (bytes[i] != bytes[0])
            return false;
    return true;
}

/* Adds the key of one "KEY-ID BASE64" line; gives what is wrong with it, or NULL. The line is cut into its two words. */
static const char *key_ring_add(struct key_ring *ring, struct arena *arena, char *line)
{
    size_t word = strcspn(line, " \t");
    char *text = line + word + strspn(line + word, " \t");
    text[strcspn(text, " \t")] = '\0';
    line[word] = '\0';
    struct str bytes;
    if (!key_id_valid(line))
        return "the key id is not 1 to 16 of a-z 0-9 and '-'";
    if (key_find(ring, str_of(line)))
        return "this key id stands there twice";
    if (!base64_decode(arena, str_of(text), &bytes) || bytes.length != KEY_BYTES)
        return "not 32 bytes of base64";
    bool weak = key_weak((const unsigned char *)bytes.bytes);
    if (!weak && ring->count < KEY_RING_MAX) {
        struct key *key = &ring->keys[ring->count++];
        memcpy(key->id, line, word + 1);
        memcpy(key->bytes, bytes.bytes, KEY_BYTES);
    } else if (!weak) {
        return "more keys than a ring holds (8)";
    }
    OPENSSL_cleanse((char *)(uintptr_t)bytes.bytes, bytes.length);
    return weak ? "32 equal bytes are no key" : NULL;
}

static void key_ring_freep(struct key_ring **ring)
{
    key_ring_free(*ring);
}

static void file_close(FILE **file)
{
    if (*file)
        fclose(*file);
}

bool key_ring_load(const char *path, struct key_ring **ret, const char **ret_why, struct arena *arena)
{
    CLEANUP(file_close) FILE *file = fopen(path, "re");
    if (!file)
        return *ret_why = arena_printf(arena, "%s: %s", path, strerror(errno)), false;
    CLEANUP(key_ring_freep) struct key_ring *ring = calloc(1, sizeof(*ring));
    if (!ring)
        out_of_memory();
    char line[KEY_LINE_MAX];
    for (int number = 1; fgets(line, sizeof(line), file); number++) {
        size_t length = strcspn(line, "\r\n");
        const char *fault = !line[length] && !feof(file) ? "the line is too long" : NULL;
        line[length] = '\0';
        if (!fault && line[0] != '#' && line[strspn(line, " \t")] != '\0')
            fault = key_ring_add(ring, arena, line);
        OPENSSL_cleanse(line, sizeof(line));
        if (fault)
            return *ret_why = arena_printf(arena, "%s: line %d: %s", path, number, fault), false;
    }
    if (ferror(file))
        return *ret_why = arena_printf(arena, "%s: %s", path, strerror(errno)), false;
    if (ring->count == 0)
        return *ret_why = arena_printf(arena, "%s: no key in this file", path), false;
    *ret = ring;
    ring = NULL;
    return true;
}

void key_ring_free(struct key_ring *ring)
{
    if (!ring)
        return;
    OPENSSL_cleanse(ring, sizeof(*ring));
    free(ring);
}

size_t key_ring_count(const struct key_ring *ring)
{
    return ring->count;
}

const char *key_ring_id(const struct key_ring *ring, size_t i)
{
    assert(i < ring->count);
    return ring->keys[i].id;
}
