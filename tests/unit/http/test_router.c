/* How a path finds its route. */
#include <gongji/http/router.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct route ROUTES[] = {
    { .method = "GET", .path = "/livez" },
    { .method = "GET", .path = "/v1/bindings/{binding_id}" },
    { .method = "GET", .path = "/v1/bindings/options" },
    { .method = "PUT", .path = "/v1/bindings/{id}" },
    { .method = "POST", .path = "/v1/bindings/{binding_id}/release" },
    { .method = "PUT", .path = "/v1/area-links/{from}/{to}/{day}" },
};
static struct arena *arena;

static enum status find(const char *method, const char *path, struct route_match *ret)
{
    return router_find(ROUTES, sizeof ROUTES / sizeof *ROUTES, arena, method, path, ret);
}

static void a_literal_beats_a_parameter(void **state)
{
    struct route_match match;
    (void)state;
    assert_int_equal(find("GET", "/v1/bindings/options", &match), ST_OK);
    assert_string_equal(match.route->path, "/v1/bindings/options");
    assert_int_equal(match.count, 0);
}

static void parameters_are_captured_by_name(void **state)
{
    struct route_match match;
    (void)state;
    assert_int_equal(find("PUT", "/v1/area-links/340500/350100/2026-01-01", &match), ST_OK);
    assert_int_equal(match.count, 3);
    assert_string_equal(match.names[0], "from");
    assert_string_equal(match.values[0], "340500");
    assert_string_equal(match.names[2], "day");
    assert_string_equal(match.values[2], "2026-01-01");
}

static void rows_of_one_shape_may_name_their_parameters_differently(void **state)
{
    struct route_match match;
    (void)state;
    assert_int_equal(find("PUT", "/v1/bindings/b1", &match), ST_OK);
    assert_string_equal(match.names[0], "id");
    assert_int_equal(find("GET", "/v1/bindings/b1", &match), ST_OK);
    assert_string_equal(match.names[0], "binding_id");
}

static void head_is_served_by_get(void **state)
{
    struct route_match match;
    (void)state;
    assert_int_equal(find("HEAD", "/livez", &match), ST_OK);
    assert_string_equal(match.route->method, "GET");
}

static void another_method_is_told_what_is_allowed(void **state)
{
    struct route_match match;
    (void)state;
    assert_int_equal(find("DELETE", "/v1/bindings/b1", &match), ST_METHOD_NOT_ALLOWED);
    assert_string_equal(match.allow, "GET, HEAD, PUT");
    assert_int_equal(find("PUT", "/v1/bindings/options", &match), ST_METHOD_NOT_ALLOWED);
    assert_string_equal(match.allow, "GET, HEAD");
    assert_int_equal(find("HEAD", "/v1/bindings/b1/release", &match), ST_METHOD_NOT_ALLOWED);
    assert_string_equal(match.allow, "POST");
}

static void other_paths_are_not_found(void **state)
{
    static const char *const PATHS[] = { "/",
                                         "/livez/",
                                         "/livez2",
                                         "/live",
                                         "/LIVEZ",
                                         "/v1",
                                         "/v1/bindings",
                                         "/v1/bindings/",
                                         "/v1/bindings/b1/",
                                         "/v1/bindings/b1/history",
                                         "/v1/bindings//release",
                                         "/v1/bindings/b1/release/x",
                                         "/{binding_id}" };
    struct route_match match;
    (void)state;
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        assert_int_equal(find("GET", PATHS[i], &match), ST_ROUTE_NOT_FOUND);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_literal_beats_a_parameter),
        cmocka_unit_test(parameters_are_captured_by_name),
        cmocka_unit_test(rows_of_one_shape_may_name_their_parameters_differently),
        cmocka_unit_test(head_is_served_by_get),
        cmocka_unit_test(another_method_is_told_what_is_allowed),
        cmocka_unit_test(other_paths_are_not_found),
    };
    return cmocka_run_group_tests(TESTS, set_up, tear_down);
}
