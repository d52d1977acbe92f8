/* Sealing, blind indexes, digests and base64, against published vectors. */
#include <gongji/base/crypto.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define KEY_A \
    "2026a /v/pkoZlcxxtao+UZzCDCP7/6ZKGZXMcbWqPlGcwgwg=\n" /* the key of the GCM specification's test case 16 */
#define KEY_B "2027b AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* A key file with this text; NULL and the reason when it is refused. */
static struct key_ring *ring_of(const char *text, const char **ret_why)
{
    char path[] = "/tmp/gongji-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct key_ring *ring = NULL;
    bool loaded = key_ring_load(path, &ring, ret_why, arena);
    unlink(path);
    assert_int_equal(loaded, ring != NULL);
    return ring;
}

static struct key_ring *good_ring(const char *text)
{
    const char *why = "";
    struct key_ring *ring = ring_of(text, &why);
    if (!ring)
        fail_msg("%s", why);
    return ring;
}

static void a_ring_is_read_in_order(void **state)
{
    (void)state;
    struct key_ring *ring = good_ring("# seal keys\n\n" KEY_B KEY_A);
    assert_int_equal(key_ring_count(ring), 2);
    assert_string_equal(key_ring_id(ring, 0), "2027b");
    assert_string_equal(key_ring_id(ring, 1), "2026a");
    key_ring_free(ring);
    key_ring_free(NULL);
}

static void missing_empty_and_weak_keys_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } CASES[] = {
        { "", "no key in this file" },
        { "# nothing\n", "no key in this file" },
        { "a\n", "line 1: not 32 bytes of base64" },
        { "a AAEC\n", "line 1: not 32 bytes of base64" },
        { KEY_A "b /v/pkoZlcxxtao+UZzCDCP7/6ZKGZXMcbWqPlGcwgwg\n", "line 2: not 32 bytes of base64" },
        { "A_ /v/pkoZlcxxtao+UZzCDCP7/6ZKGZXMcbWqPlGcwgwg=\n", "line 1: the key id" },
        { "a234567890123456x /v/pkoZlcxxtao+UZzCDCP7/6ZKGZXMcbWqPlGcwgwg=\n", "line 1: the key id" },
        { " a /v/pkoZlcxxtao+UZzCDCP7/6ZKGZXMcbWqPlGcwgwg=\n", "line 1: the key id" },
        { KEY_A KEY_A, "line 2: this key id stands there twice" },
        { "a AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "line 1: 32 equal bytes are no key" },
        { "a 0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
          "0000000000000000000000000000000\n",
          "line 1: the line is too long" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const char *why = "";
        assert_null(ring_of(CASES[i].text, &why));
        if (!strstr(why, CASES[i].why))
            fail_msg("'%s' gave '%s'", CASES[i].text, why);
        assert_null(strstr(why, "/v/pkoZ")); /* the key itself is not told */
    }
    struct key_ring *ring = NULL;
    const char *why = "";
    assert_false(key_ring_load("/nonexistent/keys", &ring, &why, arena));
    assert_string_equal(why, "/nonexistent/keys: No such file or directory");
}

/* The Galois/Counter Mode of Operation, McGrew and Viega, test case 16 (AES-256, with associated data). */
static void the_published_gcm_vector_opens(void **state)
{
    (void)state;
    static const unsigned char PLAIN[] = {
        0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5, 0xaf, 0xf5, 0x26,
        0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda, 0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31,
        0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95, 0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49,
        0xa6, 0xb5, 0x25, 0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39,
    };
    struct key_ring *ring = good_ring(KEY_A);
    struct str plain = STR("");
    assert_true(crypto_open(ring, arena,
                            "\xfe\xed\xfa\xce\xde\xad\xbe\xef\xfe\xed\xfa\xce\xde\xad\xbe\xef\xab\xad\xda\xd2",
                            "v1.2026a.yv66vvrO263eyviIUi3B8JlWfQf0fzejKoRCfWQ6jNy_5cDJdZiivSVV0aqMsI5IWQ27PaewixBWgog4"
                            "xfYeY5O6egq8yfZidvxuzg9OF2jN34hTuy1VGw",
                            &plain));
    assert_int_equal(plain.length, sizeof(PLAIN));
    assert_memory_equal(plain.bytes, PLAIN, sizeof(PLAIN));
    key_ring_free(ring);
}

static void what_is_sealed_opens_again_and_never_looks_the_same(void **state)
{
    (void)state;
    struct key_ring *ring = good_ring(KEY_A);
    static const struct str PLAINS[] = { STR(""), STR("王小明"), STR("11010519491231002X"), STR("a\0b") };
    for (size_t i = 0; i < sizeof(PLAINS) / sizeof(PLAINS[0]); i++) {
        struct str plain;
        char *sealed = crypto_seal(ring, arena, "person.name:1", PLAINS[i]);
        assert_memory_equal(sealed, "v1.2026a.", 9);
        assert_string_not_equal(sealed, crypto_seal(ring, arena, "person.name:1", PLAINS[i]));
        assert_true(crypto_open(ring, arena, "person.name:1", sealed, &plain));
        assert_true(str_equal(plain, PLAINS[i]));
    }
    key_ring_free(ring);
}

static void a_changed_character_or_place_does_not_open(void **state)
{
    (void)state;
    struct key_ring *ring = good_ring(KEY_A);
    struct str plain = STR("untouched");
    char *sealed = crypto_seal(ring, arena, "person.name:1", STR("王小明"));
    for (size_t i = 0; sealed[i]; i++) {
        char *changed = arena_strdup(arena, sealed);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        if (crypto_open(ring, arena, "person.name:1", changed, &plain))
            fail_msg("opened with character %zu changed", i);
        changed = arena_strndup(arena, sealed, i);
        assert_false(crypto_open(ring, arena, "person.name:1", changed, &plain));
    }
    assert_false(crypto_open(ring, arena, "person.name:2", sealed, &plain)); /* another person's row */
    assert_false(crypto_open(ring, arena, "person.id_number:1", sealed, &plain));
    assert_false(crypto_open(ring, arena, "person.name:1", arena_printf(arena, "%sA", sealed), &plain));
    assert_false(crypto_open(ring, arena, "person.name:1", NULL, &plain));
    assert_string_equal(plain.bytes, "untouched");
    key_ring_free(ring);
}

static void keys_rotate_without_losing_what_was_sealed(void **state)
{
    (void)state;
    struct key_ring *old = good_ring(KEY_A), *both = good_ring(KEY_B KEY_A), *new = good_ring(KEY_B);
    struct str plain;
    char *before = crypto_seal(old, arena, "t", STR("x")), *after = crypto_seal(both, arena, "t", STR("x"));
    assert_memory_equal(after, "v1.2027b.", 9);
    assert_true(crypto_open(both, arena, "t", before, &plain));
    assert_true(crypto_open(both, arena, "t", after, &plain));
    assert_true(crypto_open(new, arena, "t", after, &plain));
    assert_false(crypto_open(new, arena, "t", before, &plain));
    assert_string_equal(crypto_blind_index(old, 0, arena, "p", "a", "b"),
                        crypto_blind_index(both, 1, arena, "p", "a", "b"));
    assert_string_not_equal(crypto_blind_index(both, 0, arena, "p", "a", "b"),
                            crypto_blind_index(both, 1, arena, "p", "a", "b"));
    key_ring_free(old);
    key_ring_free(both);
    key_ring_free(new);
}

/* Expected values: Python's hmac over b"identity\0NAME\0ID" and b"identity\0NAME". */
static void a_blind_index_is_hmac_sha256_of_its_parts(void **state)
{
    (void)state;
    struct key_ring *ring = good_ring(KEY_A);
    assert_string_equal(crypto_blind_index(ring, 0, arena, "identity", "NAME", "ID"),
                        "f343f61d1f2dde7a5372f2856ba645102ba8c9ad5806956d7edc2dae2f91a2fc");
    assert_string_equal(crypto_blind_index(ring, 0, arena, "identity", "NAME", NULL),
                        "e05456927ceb167751e10547173becc78bff480f94b69504265c73e29896b0cc");
    assert_string_not_equal(crypto_blind_index(ring, 0, arena, "p", "ab", "c"),
                            crypto_blind_index(ring, 0, arena, "p", "a", "bc"));
    key_ring_free(ring);
}

static void sha256_is_as_fips_180_4_says(void **state)
{
    (void)state;
    assert_string_equal(crypto_sha256_hex(arena, STR("abc")),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(crypto_sha256_hex(arena, STR("")),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(crypto_sha256_hex(arena, STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
                        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void base64_is_as_rfc_4648_says(void **state)
{
    (void)state;
    static const struct {
        const char *plain, *padded, *url;
    } CASES[] = {
        { "", "", "" },
        { "f", "Zg==", "Zg" },
        { "fo", "Zm8=", "Zm8" },
        { "foo", "Zm9v", "Zm9v" },
        { "foob", "Zm9vYg==", "Zm9vYg" },
        { "fooba", "Zm9vYmE=", "Zm9vYmE" },
        { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
        { "\xFB\xFF\xBF", "+/+/", "-_-_" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct str plain;
        assert_string_equal(base64_encode(arena, str_of(CASES[i].plain)), CASES[i].padded);
        assert_string_equal(base64url_encode(arena, str_of(CASES[i].plain)), CASES[i].url);
        assert_true(base64_decode(arena, str_of(CASES[i].padded), &plain));
        assert_true(str_equal(plain, str_of(CASES[i].plain)));
        assert_true(base64url_decode(arena, str_of(CASES[i].url), &plain));
        assert_true(str_equal(plain, str_of(CASES[i].plain)));
    }
}

static void base64_has_one_spelling_only(void **state)
{
    (void)state;
    static const char *const BAD_URL[] = { "Z",     "Zh",   "Zm9",   "Zg==", "Zm8=", "Zm9v\n",
                                           " Zm9v", "+/+/", "Zm9vY", "Zm*v", "=" };
    static const char *const BAD[] = { "Zg",      "Zg=",  "Zh==",     "Zm9=",     "Z===", "====",
                                       "Zm9vYg=", "-_-_", "Zg==Zg==", "Zm9v====", "=Zm9" };
    struct str plain;
    for (size_t i = 0; i < sizeof(BAD_URL) / sizeof(BAD_URL[0]); i++)
        if (base64url_decode(arena, str_of(BAD_URL[i]), &plain))
            fail_msg("url took %s", BAD_URL[i]);
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (base64_decode(arena, str_of(BAD[i]), &plain))
            fail_msg("took %s", BAD[i]);
    assert_false(base64url_decode(arena, STR("Zm9\0"), &plain));
}

static void random_bytes_differ(void **state)
{
    (void)state;
    unsigned char a[32], b[32];
    crypto_random(a, sizeof(a));
    crypto_random(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    assert_string_equal(hex_encode(arena, "\x00\x0F\xF0\xFF", 4), "000ff0ff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring_is_read_in_order),
        cmocka_unit_test(missing_empty_and_weak_keys_are_refused),
        cmocka_unit_test(the_published_gcm_vector_opens),
        cmocka_unit_test(what_is_sealed_opens_again_and_never_looks_the_same),
        cmocka_unit_test(a_changed_character_or_place_does_not_open),
        cmocka_unit_test(keys_rotate_without_losing_what_was_sealed),
        cmocka_unit_test(a_blind_index_is_hmac_sha256_of_its_parts),
        cmocka_unit_test(sha256_is_as_fips_180_4_says),
        cmocka_unit_test(base64_is_as_rfc_4648_says),
        cmocka_unit_test(base64_has_one_spelling_only),
        cmocka_unit_test(random_bytes_differ),
    };
    return cmocka_run_group_tests_name("base/crypto", tests, setup, teardown);
}
