/* Addresses that events may go to, and the signature of Standard Webhooks by its published example. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <gongji/channel/webhook.h>

static void the_published_example_is_signed_as_published(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct webhook_message message = {
        .secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        .id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
        .at_s = 1614265330,
        .body = "{\"test\": 2432232314}",
    };
    assert_string_equal(webhook_signature(arena, &message), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    message.previous_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx";
    assert_memory_equal(webhook_signature(arena, &message), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,", 51);
    assert_int_equal(strlen(webhook_signature(arena, &message)), 2 * 47 + 1);
    message.previous_secret = NULL;
    message.secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert_null(webhook_signature(arena, &message));
    message.secret = "whsec_?";
    assert_null(webhook_signature(arena, &message));
}

static void a_new_secret_is_32_bytes_and_never_the_same(void **state)
{
    (void)state;
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    char *one = webhook_secret_new(arena), *other = webhook_secret_new(arena);
    assert_int_equal(strlen(one), strlen("whsec_") + 44);
    assert_string_not_equal(one, other);
}

static void only_plain_absolute_addresses_are_valid(void **state)
{
    (void)state;
    static const char *const GOOD[] = { "https://a.example", "http://127.0.0.1:8080/x?y=1", "https://a.example:1/" };
    static const char *const BAD[] = { "",
                                       "a.example/x",
                                       "ftp://a.example/",
                                       "https://",
                                       "https://a.example:",
                                       "https://a.example:x/",
                                       "https://user@a.example/",
                                       "https://a.example/ x",
                                       "https://a.example/#x",
                                       "https://a.example\\@b.example/",
                                       "https://*/",
                                       "https://[::1]/",
                                       "HTTPS//a.example" };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_true(webhook_url_valid(GOOD[i]));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(webhook_url_valid(BAD[i]));
}

static void origins_let_what_they_name_and_nothing_like_it(void **state)
{
    (void)state;
    static const struct {
        const char *url, *origins;
        bool allowed;
    } CASES[] = {
        { "https://a.example/x", "", false },
        { "https://a.example/x", "https://a.example", true },
        { "https://a.example:8443/x", "https://a.example", true },
        { "https://a.example:8443/x", "https://a.example:8443", true },
        { "https://a.example/x", "https://a.example:8443", false },
        { "http://a.example/x", "https://a.example", false },
        { "https://a.example.b.example/", "https://a.example", false },
        { "https://b.example/", "https://a.example  https://b.example", true },
        { "https://b.example/", "https://*", true },
        { "http://b.example/", "https://*", false },
        { "https://b.example/", "nonsense", false },
        { "https://a.example/x", "https://a.example/y", false },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(webhook_url_allowed(CASES[i].url, CASES[i].origins), CASES[i].allowed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_is_signed_as_published),
        cmocka_unit_test(a_new_secret_is_32_bytes_and_never_the_same),
        cmocka_unit_test(only_plain_absolute_addresses_are_valid),
        cmocka_unit_test(origins_let_what_they_name_and_nothing_like_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
