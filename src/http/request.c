/* What a handler may ask of its request. */
#include "inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gongji/base/clock.h>
#include <gongji/base/id.h>

enum { REASON_MAX = 200 };

struct request *request_new(struct server *server, const char *target)
{
    struct arena *arena = arena_new();
    struct request *rq = arena_alloc(arena, sizeof *rq);
    char *path = arena_strdup(arena, target);
    char *question = strchr(path, '?');
    if (question != NULL)
        *question = '\0';
    rq->arena = arena;
    rq->server = server;
    rq->target = arena_strdup(arena, target);
    rq->path = path;
    rq->query = question == NULL ? NULL : question + 1;
    rq->body = buf_new(arena);
    rq->faults.arena = arena;
    rq->started_us = clock_mono_us();
    return rq;
}

void request_free(struct request *rq)
{
    if (rq->spool != NULL)
        fclose(rq->spool);
    json_decref(rq->refusal.extras);
    json_memory(NULL);
    arena_free(rq->arena);
}

static bool id_fine(const char *id)
{
    size_t length = id == NULL ? 0 : strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    return length >= 1 && length <= REQUEST_ID_MAX && id[length] == '\0' && id_shape_in(id) == NULL; /* it is logged */
}

void request_name(struct request *rq)
{
    const char *id = rq_header(rq, "Request-Id");
    if (id_fine(id))
        memcpy(rq->id, id, strlen(id) + 1);
    else
        id_new(rq->id);
    rq->language = language_pick(rq_header(rq, "Accept-Language"));
}

int64_t request_length(const struct request *rq)
{
    const char *text = rq_header(rq, "Content-Length");
    int64_t length;
    if (text == NULL)
        return -1;
    return parse_int64(text, &length) ? length : INT64_MAX;
}

bool request_has_body(const struct request *rq)
{
    return request_length(rq) > 0 || rq_header(rq, "Transfer-Encoding") != NULL;
}

const char *request_client(struct request *rq)
{
    const struct caller *who = &rq->caller;
    if (who->sub == NULL)
        return arena_printf(rq->arena, "peer %s", rq->peer);
    return arena_printf(rq->arena, "%s %s %s", who->issuer, who->client_id == NULL ? "" : who->client_id, who->sub);
}

struct arena *rq_arena(struct request *rq)
{
    return rq->arena;
}

const struct caller *rq_caller(const struct request *rq)
{
    return &rq->caller;
}

bool rq_has_scope(const struct request *rq, const char *scope)
{
    return rq->caller.scopes != NULL && text_in(scope, rq->caller.scopes);
}

const char *rq_id(const struct request *rq)
{
    return rq->id;
}

const char *rq_method(const struct request *rq)
{
    return rq->method;
}

const char *rq_target(const struct request *rq)
{
    return rq->path;
}

enum language rq_language(const struct request *rq)
{
    return rq->language;
}

int64_t rq_deadline_us(const struct request *rq)
{
    return rq->deadline_us;
}

const char *rq_path(const struct request *rq, const char *name)
{
    for (int i = 0; i < rq->match.count; i++)
        if (strcmp(rq->match.names[i], name) == 0)
            return rq->match.values[i];
    return NULL;
}

const char *rq_header(const struct request *rq, const char *name)
{
    for (size_t i = 0; i < rq->header_count; i++)
        if (strcasecmp(rq->headers[i].name, name) == 0)
            return rq->headers[i].value;
    return NULL;
}

const char *rq_idempotency_key(const struct request *rq)
{
    return rq->idempotency_key;
}

static size_t code_points(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

const char *rq_access_reason(const struct request *rq)
{
    const char *reason = rq_header(rq, "Access-Reason");
    if (reason == NULL || reason[strspn(reason, " \t")] == '\0')
        return NULL;
    return utf8_valid(str_of(reason)) && code_points(reason) <= REASON_MAX ? reason : NULL;
}

enum status rq_need_reason(struct request *rq)
{
    return rq_access_reason(rq) == NULL ? ST_ACCESS_REASON_REQUIRED : ST_OK;
}

/* An absent body stands for {}, so that what is missing is named member by member. */
static json_t *body_parse(struct request *rq)
{
    if (rq->body.length == 0 && rq_header(rq, "Content-Type") == NULL)
        return json_keep(rq->arena, json_object());
    return json_read_all(&rq->faults, rq_bytes(rq));
}

enum status rq_json(struct request *rq, const struct field *fields)
{
    query_spent(rq);
    rq->json = body_parse(rq);
    if (rq->json != NULL)
        json_fields(&rq->faults, rq->json, fields);
    return rq->faults.count == 0 ? ST_OK : ST_VALIDATION_FAILED;
}

const json_t *rq_json_body(struct request *rq)
{
    return rq->json;
}

struct faults *rq_faults(struct request *rq)
{
    return &rq->faults;
}

enum status rq_fault(struct request *rq, const char *pointer, const char *code, const char *detail)
{
    fault_add(&rq->faults, pointer, code, "%s", detail);
    return ST_VALIDATION_FAILED;
}

struct str rq_bytes(const struct request *rq)
{
    return (struct str){ buf_text(&rq->body), rq->body.length };
}

FILE *rq_spool(struct request *rq)
{
    return rq->spool;
}

enum status rq_refuse(struct request *rq, const enum status *codes, size_t count, json_t *extras)
{
    assert(count > 0);
    json_decref(rq->refusal.extras);
    rq->refusal = (struct refusal){ arena_copy(rq->arena, codes, count * sizeof *codes), count, extras };
    return codes[0];
}
