/* Shapes of a request on which two readers could disagree (RFC 9112 §11): refused before anything else, and the
 * connection is closed, since nobody can say where the next request would begin. */
#include "inner.h"

#include <string.h>
#include <strings.h>

/* Headers that decide framing, routing, identity or effect: never twice. */
static const char *const SINGLE[] = { "Content-Length",
                                      "Transfer-Encoding",
                                      "Host",
                                      "Authorization",
                                      "Content-Type",
                                      "Content-Encoding",
                                      "Idempotency-Key",
                                      "Expect",
                                      "Access-Reason",
                                      "Request-Id",
                                      NULL };
static const char *const METHODS[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", NULL };

bool guard_method_known(const char *method)
{
    return text_in(method, METHODS);
}

static bool token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* RFC 9110 §5.1: a name is a token. A blank or a fold before the colon has hidden many a second header. */
static bool name_fine(const char *name)
{
    const char *c = name;
    while (token_char(*c))
        c++;
    return c != name && *c == '\0';
}

static bool value_fine(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; *c != '\0'; c++)
        if ((*c < 0x20 && *c != '\t') || *c == 0x7f)
            return false;
    return true;
}

static int times(const struct request *rq, const char *name)
{
    int found = 0;
    for (size_t i = 0; i < rq->header_count; i++)
        found += strcasecmp(rq->headers[i].name, name) == 0;
    return found;
}

static bool headers_fine(const struct request *rq)
{
    if (rq->too_many_headers)
        return false;
    for (size_t i = 0; i < rq->header_count; i++)
        if (!name_fine(rq->headers[i].name) || !value_fine(rq->headers[i].value))
            return false;
    for (int i = 0; SINGLE[i] != NULL; i++)
        if (times(rq, SINGLE[i]) > 1)
            return false;
    return true;
}

static bool framing_fine(const struct request *rq)
{
    const char *length = rq_header(rq, "Content-Length"), *coding = rq_header(rq, "Transfer-Encoding");
    if (length != NULL && (*length == '\0' || length[strspn(length, "0123456789")] != '\0'))
        return false;
    if (coding == NULL)
        return true;
    return length == NULL && strcasecmp(coding, "chunked") == 0 && strcmp(rq->version, "HTTP/1.1") == 0;
}

static bool version_fine(const struct request *rq)
{
    if (strcmp(rq->version, "HTTP/1.1") == 0)
        return times(rq, "Host") == 1;
    return strcmp(rq->version, "HTTP/1.0") == 0;
}

static bool dot_segment(const char *segment, size_t length)
{
    return (length == 1 && segment[0] == '.') || (length == 2 && segment[0] == '.' && segment[1] == '.');
}

/* Our paths need no escapes, so one in a path is either a mistake or a disguise. */
static bool path_fine(const char *path)
{
    if (path[0] != '/')
        return false;
    for (const char *c = path; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || strchr("%\\#\"<>^`{|}", *c) != NULL)
            return false;
    for (const char *slash = path; slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t length = strcspn(slash + 1, "/");
        if (dot_segment(slash + 1, length) || (length == 0 && slash[1] == '/'))
            return false;
    }
    return true;
}

static bool query_fine(const char *query)
{
    for (const char *c = query; c != NULL && *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || *c == '#')
            return false;
    return true;
}

enum status guard_check(const struct request *rq)
{
    const char *expect = rq_header(rq, "Expect");
    if (!headers_fine(rq) || !version_fine(rq) || !framing_fine(rq))
        return ST_REQUEST_MALFORMED;
    if (strlen(rq->target) > TARGET_MAX || !name_fine(rq->method) || !path_fine(rq->path) || !query_fine(rq->query))
        return ST_REQUEST_MALFORMED;
    if (expect != NULL && strcasecmp(expect, "100-continue") != 0)
        return ST_EXPECTATION_FAILED;
    return ST_OK;
}
