/* A request's way through MHD, which calls with the headers, with each piece of the body, and at its end. It closes the
 * connection when it is answered before the end, so only what must close it is answered at the headers. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include <gongji/base/clock.h>
#include <gongji/base/log.h>
#include <gongji/base/metrics.h>

static enum MHD_Result header_add(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct request *rq = cls;
    (void)kind;
    if (rq->header_count == HEADERS_MAX) {
        rq->too_many_headers = true;
        return MHD_NO;
    }
    rq->headers[rq->header_count++] = (struct header){ name, value };
    return MHD_YES;
}

static bool blanks_only(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    return from == to;
}

/* MHD reads headers in place and puts NULs over colons and line ends, so each line must begin where the last one
 * ended. A gap is something that MHD 0.9.75 swallowed: a folded line (it lengthens the name before it, which hides
 * that header), a NUL in a value, a line without a name (it ends the headers), a line end without its CR. Another
 * reader may see more. */
static bool lines_whole(const struct request *rq)
{
    if (rq->target_at != rq->method + strlen(rq->method) + 1) /* MHD passes over further blanks */
        return false;
    for (size_t i = 0; i < rq->header_count; i++) {
        const char *name = rq->headers[i].name, *value = rq->headers[i].value, *end = value + strlen(value);
        if (!blanks_only(name + strlen(name) + 1, value) || end[1] != '\0')
            return false;
        if (i + 1 < rq->header_count ? rq->headers[i + 1].name != end + 2 : end[2] != '\0' || end[3] != '\0')
            return false;
    }
    return true;
}

static void fit(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) == MHD_NO)
        log_event(LOG_ERROR, "header_refused", LOG_TEXT("name", name));
}

static void add_headers(struct request *rq, struct MHD_Response *response)
{
    const struct reply *reply = &rq->reply;
    bool personal = rq->match.route != NULL && rq->match.route->personal && status_http(ST_OK) <= reply->http &&
                    reply->http < 400;
    fit(response, "Request-Id", rq->id);
    if (reply->content_type != NULL)
        fit(response, "Content-Type", reply->content_type);
    if (reply->worded) {
        fit(response, "Content-Language", rq->language == LANG_ZH ? "zh-CN" : "en");
        fit(response, "Vary", "Accept-Language");
    }
    if (personal)
        fit(response, "Cache-Control", "no-store");
    for (size_t i = 0; i < reply->header_count; i++)
        fit(response, reply->headers[i].name, reply->headers[i].value);
    if (rq->close || atomic_load(&rq->server->draining))
        fit(response, "Connection", "close");
}

static void count(const struct request *rq)
{
    static const enum metric CLASSES[] = { METRIC_REQUESTS_2XX, METRIC_REQUESTS_4XX, METRIC_REQUESTS_5XX };
    int http = rq->reply.http;
    metric_add(CLASSES[http >= 500 ? 2 : http >= 400 ? 1 : 0], 1);
    metric_observe(METRIC_REQUEST_SECONDS, (double)(clock_mono_us() - rq->started_us) / 1e6);
}

/* The reply's bytes live in the request's arena, which outlives the sending. */
static int send_reply(struct request *rq)
{
    struct str bytes = rq->reply.bytes;
    struct MHD_Response *response = MHD_create_response_from_buffer(bytes.length, (void *)(uintptr_t)bytes.bytes,
                                                                    MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    add_headers(rq, response);
    rq->queued = true;
    count(rq);
    enum MHD_Result result = MHD_queue_response(rq->connection, (unsigned)rq->reply.http, response);
    MHD_destroy_response(response);
    return result;
}

static int answer(struct request *rq, enum status status)
{
    if (status == ST_OK && !rq->reply.ready)
        status = ST_INTERNAL_ERROR;
    if (status != ST_OK)
        problem_reply(rq, status);
    return send_reply(rq);
}

static int answer_and_close(struct request *rq, enum status status)
{
    rq->close = true;
    return answer(rq, status);
}

/* A refused body is read to its end when that is short; asking for one (100-continue) only to refuse it is no use. */
static bool must_close(const struct request *rq)
{
    if (rq->verdict == ST_OK)
        return false;
    return !guard_method_known(rq->method) || request_length(rq) > DISCARD_MAX || rq_header(rq, "Expect") != NULL;
}

static int begin(struct request *rq)
{
    rq->begun = true;
    json_memory(rq->arena);
    atomic_fetch_add(&rq->server->in_flight, 1);
    metric_add(METRIC_REQUESTS_IN_FLIGHT, 1);
    MHD_get_connection_values(rq->connection, MHD_HEADER_KIND, header_add, rq);
    request_name(rq);
    rq->deadline_us = rq->started_us + conf_int(rq->server->setup.conf, CONF_SERVER_REQUEST_MS) * 1000;
    rq->verdict = lines_whole(rq) ? guard_check(rq) : ST_REQUEST_MALFORMED;
    if (rq->verdict != ST_OK)
        return answer_and_close(rq, rq->verdict);
    rq->verdict = check_headers(rq);
    return must_close(rq) ? answer_and_close(rq, rq->verdict) : MHD_YES;
}

static enum status handle(struct request *rq)
{
    const struct route *route = rq->match.route;
    if (route->body == BODY_NONE && rq->received > 0)
        return rq_fault(rq, "", "not_allowed", "no body is expected here");
    if (route->body == BODY_SPOOL) {
        json_memory(NULL);
        rq->deadline_us = clock_mono_us() + conf_int(rq->server->setup.conf, CONF_SERVER_REQUEST_MS) * 1000;
        if (rq->spool == NULL && (rq->spool = tmpfile()) == NULL)
            return ST_INTERNAL_ERROR;
        rewind(rq->spool);
    }
    return route->handle(rq->server->setup.app, rq);
}

/* A read that took no notice of its query has changed nothing yet, so it can still be told. */
static int end(struct request *rq)
{
    enum status status = rq->verdict == ST_OK ? handle(rq) : rq->verdict;
    if (status == ST_OK && strcmp(rq->match.route->method, "GET") == 0 && !query_spent(rq)) {
        rq->reply = (struct reply){ 0 };
        status = ST_VALIDATION_FAILED;
    }
    return answer(rq, status);
}

int edge_call(struct request *rq, const char *upload, size_t *upload_size)
{
    if (!rq->begun)
        return begin(rq);
    if (*upload_size == 0)
        return end(rq);
    bool go_on = body_take(rq, (struct str){ upload, *upload_size });
    *upload_size = 0;
    return go_on ? MHD_YES : MHD_NO;
}

/* 55 bytes, "00-" trace "-" parent "-" flags (W3C Trace Context §3.2), or it is not logged. */
static const char *traceparent(const struct request *rq)
{
    const char *text = rq_header(rq, "traceparent");
    if (text == NULL || strlen(text) != 55 || text[2] != '-' || text[35] != '-' || text[52] != '-')
        return NULL;
    return strspn(text, "0123456789abcdef-") == 55 && id_shape_in(text) == NULL ? text : NULL;
}

/* The pattern of the route, never the path or query as sent: those may hold what callers should not put there. */
static void log_request(const struct request *rq)
{
    log_event(LOG_INFO, "request", LOG_TEXT("method", guard_method_known(rq->method) ? rq->method : "?"),
              LOG_TEXT("route", rq->match.route == NULL ? NULL : rq->match.route->path),
              LOG_INT("status", rq->queued ? rq->reply.http : 0),
              LOG_INT("ms", (clock_mono_us() - rq->started_us) / 1000), LOG_TEXT("request_id", rq->id),
              LOG_TEXT("traceparent", traceparent(rq)), LOG_TEXT("issuer", rq->caller.issuer),
              LOG_TEXT("client", rq->caller.client_id), LOG_TEXT("terminal", rq->caller.terminal_id));
}

void edge_done(struct request *rq)
{
    if (rq->begun) {
        log_request(rq);
        metric_add(METRIC_REQUESTS_IN_FLIGHT, -1);
        atomic_fetch_sub(&rq->server->in_flight, 1);
    }
    request_free(rq);
}
