/* Shapes of a request that end its connection. What MHD does to raw bytes before is tested over sockets. */
#include "../../../src/http/inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct shape {
    const char *rule;
    const char *method, *target, *version;
    struct header headers[4];
    enum status status;
};
#define HOST        \
    {               \
        "Host", "x" \
    }

static const struct shape SHAPES[] = {
    { "a plain request passes", "GET", "/livez", "HTTP/1.1", { HOST }, ST_OK },
    { "HTTP/1.0 needs no Host", "GET", "/livez", "HTTP/1.0", { { 0 } }, ST_OK },
    { "a query may hold escapes", "GET", "/a?b=%41+c", "HTTP/1.1", { HOST }, ST_OK },
    { "a fixed length passes", "PUT", "/a", "HTTP/1.1", { HOST, { "Content-Length", "5" } }, ST_OK },
    { "chunks pass", "PUT", "/a", "HTTP/1.1", { HOST, { "transfer-encoding", "CHUNKED" } }, ST_OK },
    { "100-continue passes", "PUT", "/a", "HTTP/1.1", { HOST, { "Expect", "100-Continue" } }, ST_OK },
    { "UTF-8 in a value passes", "GET", "/a", "HTTP/1.1", { HOST, { "Access-Reason", "核对" } }, ST_OK },
    { "dots inside a name pass", "GET", "/a..b/.c", "HTTP/1.1", { HOST }, ST_OK },
    { "another expectation fails", "PUT", "/a", "HTTP/1.1", { HOST, { "Expect", "200-ok" } }, ST_EXPECTATION_FAILED },
    { "no Host", "GET", "/a", "HTTP/1.1", { { 0 } }, ST_REQUEST_MALFORMED },
    { "two Hosts", "GET", "/a", "HTTP/1.1", { HOST, { "host", "y" } }, ST_REQUEST_MALFORMED },
    { "two lengths, even equal ones",
      "PUT",
      "/a",
      "HTTP/1.1",
      { HOST, { "Content-Length", "5" }, { "content-length", "5" } },
      ST_REQUEST_MALFORMED },
    { "a length with a sign", "PUT", "/a", "HTTP/1.1", { HOST, { "Content-Length", "+5" } }, ST_REQUEST_MALFORMED },
    { "an empty length", "PUT", "/a", "HTTP/1.1", { HOST, { "Content-Length", "" } }, ST_REQUEST_MALFORMED },
    { "length and chunks",
      "PUT",
      "/a",
      "HTTP/1.1",
      { HOST, { "Content-Length", "5" }, { "Transfer-Encoding", "chunked" } },
      ST_REQUEST_MALFORMED },
    { "another transfer coding",
      "PUT",
      "/a",
      "HTTP/1.1",
      { HOST, { "Transfer-Encoding", "gzip, chunked" } },
      ST_REQUEST_MALFORMED },
    { "a blank behind chunked",
      "PUT",
      "/a",
      "HTTP/1.1",
      { HOST, { "Transfer-Encoding", "chunked " } },
      ST_REQUEST_MALFORMED },
    { "two transfer codings",
      "PUT",
      "/a",
      "HTTP/1.1",
      { HOST, { "Transfer-Encoding", "chunked" }, { "Transfer-Encoding", "chunked" } },
      ST_REQUEST_MALFORMED },
    { "chunks in HTTP/1.0", "PUT", "/a", "HTTP/1.0", { { "Transfer-Encoding", "chunked" } }, ST_REQUEST_MALFORMED },
    { "two Authorizations",
      "GET",
      "/a",
      "HTTP/1.1",
      { HOST, { "Authorization", "a" }, { "Authorization", "b" } },
      ST_REQUEST_MALFORMED },
    { "two content types",
      "PUT",
      "/a",
      "HTTP/1.1",
      { HOST, { "Content-Type", "a" }, { "Content-Type", "b" } },
      ST_REQUEST_MALFORMED },
    { "two idempotency keys",
      "PUT",
      "/a",
      "HTTP/1.1",
      { HOST, { "Idempotency-Key", "a" }, { "Idempotency-Key", "b" } },
      ST_REQUEST_MALFORMED },
    { "a blank in a header's name", "GET", "/a", "HTTP/1.1", { HOST, { "X Y", "a" } }, ST_REQUEST_MALFORMED },
    { "a blank behind a header's name",
      "GET",
      "/a",
      "HTTP/1.1",
      { HOST, { "Content-Length ", "5" } },
      ST_REQUEST_MALFORMED },
    { "an empty header's name", "GET", "/a", "HTTP/1.1", { HOST, { "", "5" } }, ST_REQUEST_MALFORMED },
    { "a CR in a value", "GET", "/a", "HTTP/1.1", { HOST, { "X", "a\rb" } }, ST_REQUEST_MALFORMED },
    { "another version", "GET", "/a", "HTTP/1.2", { HOST }, ST_REQUEST_MALFORMED },
    { "a method with a blank", "G T", "/a", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "an escape in the path", "GET", "/%61", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "a dot segment", "GET", "/a/./b", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "a segment of two dots", "GET", "/a/..", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "two slashes", "GET", "//a", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "two slashes inside", "GET", "/a//b", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "a backslash", "GET", "/a\\b", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "an absolute target", "GET", "http://x/a", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "a fragment in the path", "GET", "/a#b", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "a fragment in the query", "GET", "/a?b#c", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "a blank in the query", "GET", "/a?b c", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
    { "other letters in the path", "GET", "/\xc3\xa9", "HTTP/1.1", { HOST }, ST_REQUEST_MALFORMED },
};

static void shape_is_judged(void **state)
{
    const struct shape *shape = *state;
    struct request *rq = request_new(NULL, shape->target);
    rq->method = shape->method;
    rq->version = shape->version;
    for (size_t i = 0; i < 4 && shape->headers[i].name != NULL; i++)
        rq->headers[rq->header_count++] = shape->headers[i];
    enum status status = guard_check(rq);
    request_free(rq);
    assert_string_equal(status_code(status), status_code(shape->status));
}

static void an_over_long_target_is_refused(void **state)
{
    static char target[TARGET_MAX + 2];
    (void)state;
    memset(target, 'a', sizeof target - 1);
    target[0] = '/';
    struct request *rq = request_new(NULL, target);
    rq->method = "GET";
    rq->version = "HTTP/1.0";
    enum status status = guard_check(rq);
    request_free(rq);
    assert_int_equal(status, ST_REQUEST_MALFORMED);
}

int main(void)
{
    enum { COUNT = sizeof SHAPES / sizeof *SHAPES };
    static struct CMUnitTest tests[COUNT + 1];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){ SHAPES[i].rule, shape_is_judged, NULL, NULL, (void *)(uintptr_t)&SHAPES[i] };
    tests[COUNT] = (struct CMUnitTest)cmocka_unit_test(an_over_long_target_is_refused);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
