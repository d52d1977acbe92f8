/* The one reply of a request, kept until the edge sends it. */
#include "inner.h"

#include <assert.h>

void reply_header(struct request *rq, const char *name, const char *value)
{
    struct reply *reply = &rq->reply;
    assert(reply->header_count < sizeof reply->headers / sizeof *reply->headers);
    reply->headers[reply->header_count++] = (struct header){ name, arena_strdup(rq->arena, value) };
}

static enum status reply_set(struct request *rq, enum status code, const char *content_type, struct str bytes)
{
    assert(!rq->reply.ready);
    rq->reply.ready = true;
    rq->reply.http = status_http(code);
    rq->reply.content_type = content_type;
    rq->reply.bytes = bytes;
    return ST_OK;
}

/* Bodies carry sentences (why, title), so each says its language. */
enum status reply_json_text(struct request *rq, enum status code, const char *body)
{
    rq->reply.worded = true;
    return reply_set(rq, code, "application/json", str_of(body));
}

enum status reply_json(struct request *rq, enum status code, json_t *body)
{
    json_keep(rq->arena, body);
    return reply_json_text(rq, code, json_text(rq->arena, body));
}

enum status reply_bytes(struct request *rq, enum status code, const char *content_type, struct str bytes)
{
    return reply_set(rq, code, content_type,
                     (struct str){ arena_copy(rq->arena, bytes.bytes, bytes.length), bytes.length });
}

enum status reply_static(struct request *rq, enum status code, const char *content_type, struct str bytes)
{
    return reply_set(rq, code, content_type, bytes);
}

enum status reply_empty(struct request *rq, enum status code)
{
    return reply_set(rq, code, NULL, (struct str){ "", 0 });
}
