/* Configuration: file, environment, defaults, and one clear line for each mistake. */
#include <gongji/base/conf.h>

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

#define ISSUER \
    "[issuer dev]\niss = https://dev\nkind = citizen staff\nalgorithm = HS256\nkeys = k1=keys/dev\nscopes = family\n"

static struct arena *arena;
static char folder[] = "/tmp/gongji-test-XXXXXX";
static const char *path;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    if (!mkdtemp(folder) || chdir(folder) != 0) /* away from any var/gongji.ini */
        return -1;
    path = arena_printf(arena, "%s/test.ini", folder);
    return unsetenv("GONGJI_CONFIG");
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    int fault = chdir("/") || rmdir(folder);
    arena_free(arena);
    return fault;
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct conf *load(const char *text)
{
    struct conf *conf = NULL;
    const char *why = "";
    write_file(text);
    if (!conf_load(path, &conf, &why, arena))
        fail_msg("%s", why);
    return conf;
}

static void without_a_file_the_defaults_hold(void **state)
{
    (void)state;
    struct conf *conf = NULL;
    const char *why = "";
    size_t count = 1;
    assert_true(conf_load(NULL, &conf, &why, arena));
    assert_string_equal(conf_path(conf), "");
    assert_string_equal(conf_text(conf, CONF_SERVER_LISTEN), "127.0.0.1:8080");
    assert_int_equal(conf_int(conf, CONF_SERVER_CONNECTIONS), 1200);
    assert_string_equal(conf_text(conf, CONF_SECURITY_SEAL_KEYS), "");
    assert_false(conf_bool(conf, CONF_CLOCK_DEVELOPMENT));
    conf_issuers(conf, &count);
    assert_int_equal(count, 0);
    conf_free(conf);
    conf_free(NULL);
}

static void environment_beats_file_beats_default(void **state)
{
    (void)state;
    setenv("GONGJI_SERVER_LISTEN", "unix:/run/g.sock", 1);
    setenv("GONGJI_LOG_LEVEL", "", 1); /* empty counts as not set */
    struct conf *conf = load("; comment\n[server]\nlisten = 0.0.0.0:1\nRequest_Ms=200 ; inline\n[log]\nlevel = warn\n");
    unsetenv("GONGJI_SERVER_LISTEN");
    unsetenv("GONGJI_LOG_LEVEL");
    assert_string_equal(conf_text(conf, CONF_SERVER_LISTEN), "unix:/run/g.sock");
    assert_int_equal(conf_int(conf, CONF_SERVER_REQUEST_MS), 200);
    assert_string_equal(conf_text(conf, CONF_LOG_LEVEL), "warn");
    assert_int_equal(conf_int(conf, CONF_SERVER_DRAIN_SECONDS), 20);
    assert_string_equal(conf_path(conf), path);
    conf_free(conf);
}

static void another_database_comes_without_the_owner_of_the_file(void **state)
{
    (void)state;
    setenv("GONGJI_DATABASE_URL", "dbname=other", 1);
    struct conf *conf = load("[database]\nurl = dbname=gongji\nowner_url = dbname=gongji user=owner\n");
    unsetenv("GONGJI_DATABASE_URL");
    assert_string_equal(conf_text(conf, CONF_DATABASE_URL), "dbname=other");
    assert_string_equal(conf_text(conf, CONF_DATABASE_OWNER_URL), "");
    conf_free(conf);
}

static void file_names_are_relative_to_the_file(void **state)
{
    (void)state;
    struct conf *conf = load("[security]\nseal_keys = keys/seal\nindex_keys = /etc/gongji/index\n");
    assert_string_equal(conf_text(conf, CONF_SECURITY_SEAL_KEYS), arena_printf(arena, "%s/keys/seal", folder));
    assert_string_equal(conf_text(conf, CONF_SECURITY_INDEX_KEYS), "/etc/gongji/index");
    assert_string_equal(conf_resolve(conf, arena, "keys/dev"), arena_printf(arena, "%s/keys/dev", folder));
    assert_string_equal(conf_resolve(conf, arena, ""), "");
    conf_free(conf);
}

static void issuers_are_read_with_their_defaults(void **state)
{
    (void)state;
    struct conf *conf = load(ISSUER
                             "   account\n   premium\n[issuer dev-kiosk]\nallow_act = true\niss = k\nkind = citizen\n"
                             "algorithm = ES256\nkeys = k2=x\nscopes = family\n");
    size_t count = 0;
    const struct conf_issuer *issuers = conf_issuers(conf, &count);
    assert_int_equal(count, 2);
    assert_string_equal(issuers[0].name, "dev");
    assert_string_equal(issuers[0].iss, "https://dev");
    assert_string_equal(issuers[0].keys, "k1=keys/dev");
    assert_string_equal(issuers[0].scopes, "family account premium"); /* indented lines go on */
    assert_string_equal(issuers[0].aud, "gongji");
    assert_string_equal(issuers[0].max_lifetime, "3600");
    assert_string_equal(issuers[0].allow_act, "false");
    assert_string_equal(issuers[1].name, "dev-kiosk");
    assert_string_equal(issuers[1].allow_act, "true");
    conf_free(conf);
}

static void each_mistake_is_one_clear_line(void **state)
{
    (void)state;
    static char long_line[400] = "[log]\nlevel = ";
    memset(long_line + strlen(long_line), 'x', 300);
    const struct {
        const char *text, *why;
    } CASES[] = {
        { "[sever]\nlisten = x\n", "line 2: unknown section [sever]" },
        { "[server]\n\nlistne = x\n", "line 3: unknown key listne in [server]" },
        { "[issuer dev]\nkid = x\n", "line 2: unknown key kid in [issuer dev]" },
        { "listen = x\n", "line 1: unknown section []" },
        { "[server]\nlisten\n", "line 2: neither [section] nor key = value" },
        { "[server\n", "line 1: neither" },
        { "[server]\nlisten = a\nlisten = b\n", "line 3: listen is set a second time" },
        { "[server]\nconnections = 15\n", "GONGJI_SERVER_CONNECTIONS must be a number from 16 to 20000" },
        { "[server]\nconnections = 1e3\n", "GONGJI_SERVER_CONNECTIONS must be a number from 16 to 20000" },
        { "[server]\nimport_bytes = 4294967297\n", "must be a number from 1024 to 4294967296" },
        { "[clock]\ndevelopment = maybe\n", "GONGJI_CLOCK_DEVELOPMENT must be true or false" },
        { "[clock]\nnow = 2026-01-01T00:00:00Z\n", "GONGJI_CLOCK_NOW is for development" },
        { "[log]\nlevel = loud\n", "GONGJI_LOG_LEVEL must be debug, info, warn or error" },
        { "[log]\nlevel = \xFF\n", "line 2: level is not UTF-8" },
        { "[issuer dev]\niss = x\n", "[issuer dev] has no kind" },
        { "[issuer dev]\niss =\n", "[issuer dev] has no iss" },
        { long_line, "line 2: longer than 197 bytes" },
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct conf *conf = NULL;
        const char *why = "";
        write_file(CASES[i].text);
        assert_false(conf_load(path, &conf, &why, arena));
        assert_null(conf);
        if (!strstr(why, CASES[i].why))
            fail_msg("'%s' gave '%s'", CASES[i].text, why);
        assert_null(strchr(why, '\n'));
    }
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    struct conf *conf = NULL;
    const char *why = "";
    assert_false(conf_load("/nonexistent/gongji.ini", &conf, &why, arena));
    assert_string_equal(why, "/nonexistent/gongji.ini: No such file or directory");
    assert_false(conf_load(folder, &conf, &why, arena));
    assert_non_null(strstr(why, "Is a directory"));
    setenv("GONGJI_CONFIG", "/nonexistent/other.ini", 1);
    assert_false(conf_load(NULL, &conf, &why, arena));
    unsetenv("GONGJI_CONFIG");
    assert_string_equal(why, "/nonexistent/other.ini: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_file_the_defaults_hold),
        cmocka_unit_test(environment_beats_file_beats_default),
        cmocka_unit_test(another_database_comes_without_the_owner_of_the_file),
        cmocka_unit_test(file_names_are_relative_to_the_file),
        cmocka_unit_test(issuers_are_read_with_their_defaults),
        cmocka_unit_test(each_mistake_is_one_clear_line),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told),
    };
    return cmocka_run_group_tests_name("base/conf", tests, setup, teardown);
}
