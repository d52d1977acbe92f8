#pragma once
/* Keys made for one test run, written where a configuration finds them, and what a channel would sign with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <gongji/base/conf.h>
#include <gongji/base/crypto.h>
#include <gongji/base/str.h>

static char folder[] = "/tmp/gongji-test-XXXXXX";
static struct arena *arena;

static const char *file_named(const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name);
}

static void file_write(const char *name, const char *text)
{
    FILE *file = fopen(file_named(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static EVP_PKEY *key_make(const char *name, unsigned bits)
{
    EVP_PKEY *key = EVP_RSA_gen(bits);
    FILE *file = fopen(file_named(name), "w");
    assert_non_null(key);
    assert_int_equal(PEM_write_PUBKEY(file, key), 1);
    fclose(file);
    return key;
}

/* Base64 of SHA256withRSA. */
static const char *sign(EVP_PKEY *key, struct str message)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[512];
    size_t length = sizeof signature;
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &length, (const unsigned char *)message.bytes, message.length),
                     1);
    EVP_MD_CTX_free(context);
    return base64_encode(arena, (struct str){ (const char *)signature, length });
}

static struct conf *conf_of(const char *sections)
{
    struct conf *conf;
    const char *why = "";
    file_write("test.ini", sections);
    if (!conf_load(file_named("test.ini"), &conf, &why, arena))
        fail_msg("%s", why);
    return conf;
}

static void keys_setup(void)
{
    arena = arena_new();
    assert_non_null(mkdtemp(folder));
}

static void keys_teardown(void)
{
    const char *command = arena_printf(arena, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    arena_free(arena);
}
