/* What the headers alone decide, in the documented order: address and method, token, scope, media type, size, key. */
#include "inner.h"

#include <string.h>
#include <strings.h>

#include <gongji/base/clock.h>
#include <gongji/base/metrics.h>

enum { KEY_MAX = 255 };

static enum status check_route(struct request *rq)
{
    const struct server_setup *setup = &rq->server->setup;
    enum status status = router_find(setup->routes, setup->route_count, rq->arena, rq->method, rq->path, &rq->match);
    if (!setup->probes_only || (status == ST_OK && rq->match.route->probe))
        return status;
    rq->match = (struct route_match){ 0 };
    return ST_ROUTE_NOT_FOUND;
}

static enum status taken(struct request *rq, struct limit_rule rule)
{
    int64_t wait_s;
    if (limit_take(rq->server->limit, &rule, request_client(rq), clock_mono_us(), &wait_s))
        return ST_OK;
    metric_add(METRIC_REFUSED_RATE, 1);
    rq->limited = rule;
    rq->limited_s = wait_s;
    return ST_RATE_LIMITED;
}

enum status rq_limit(struct request *rq, const char *what, int64_t per_minute)
{
    return taken(rq, (struct limit_rule){ .name = what, .count = per_minute, .seconds = 60, .burst = per_minute });
}

/* A caller that shows no good token is counted by address, so that guessing tokens is limited too.
 * Routes without a token are probes and documents: they are never refused here. */
static enum status check_token(struct request *rq)
{
    const struct conf *conf = rq->server->setup.conf;
    struct limit_rule rule = { .name = "client",
                               .count = conf_int(conf, CONF_LIMIT_CLIENT_PER_SECOND),
                               .seconds = 1,
                               .burst = conf_int(conf, CONF_LIMIT_CLIENT_BURST) };
    if (rq->match.route->scopes == NULL)
        return ST_OK;
    enum status status = auth_verify(rq->server->setup.auth, rq->arena, rq_header(rq, "Authorization"), &rq->caller);
    TRY(taken(rq, rule));
    return status;
}

const char *rq_credential(struct request *rq, const char *token)
{
    return auth_verify_credential(rq->server->setup.auth, rq->arena, token);
}

/* The first scope of the route that the token holds lets the call in, a citizen's before the staff's where a token has both.
 * Only staff give an Access-Reason: with one it is the last. */
static enum status check_scope(struct request *rq)
{
    const char *scope = rq->match.route->scopes;
    bool last = rq_header(rq, "Access-Reason") != NULL;
    while (scope != NULL && *scope != '\0' && (last || rq->caller.scope == NULL)) {
        size_t length = strcspn(scope, " ");
        const char *name = arena_strndup(rq->arena, scope, length);
        if (rq_has_scope(rq, name))
            rq->caller.scope = name;
        scope += length + strspn(scope + length, " ");
    }
    return rq->match.route->scopes == NULL || rq->caller.scope != NULL ? ST_OK : ST_SCOPE_MISSING;
}

static bool listed(const char *list, const char *item, size_t length)
{
    for (const char *at = list; *at != '\0'; at += strspn(at, " ")) {
        size_t each = strcspn(at, " ");
        if (each == length && strncasecmp(at, item, length) == 0)
            return true;
        at += each;
    }
    return false;
}

/* Text is UTF-8 here; whoever says otherwise is told so instead of being misread. */
static bool charset_fine(const char *parameters)
{
    const char *charset = strcasestr(parameters, "charset=");
    if (charset == NULL)
        return true;
    charset += strlen("charset=");
    charset += *charset == '"';
    return strncasecmp(charset, "utf-8", 5) == 0 && (charset[5] == '\0' || strchr("\"; \t", charset[5]) != NULL);
}

static enum status check_media(struct request *rq)
{
    const struct route *route = rq->match.route;
    const char *type = rq_header(rq, "Content-Type"), *coding = rq_header(rq, "Content-Encoding");
    const char *accepts = route->body == BODY_JSON ? "application/json" : route->accepts;
    if (route->body == BODY_NONE || (type == NULL && route->body == BODY_JSON && !request_has_body(rq)))
        return ST_OK;
    if (type == NULL || (coding != NULL && strcasecmp(coding, "identity") != 0))
        return ST_MEDIA_TYPE_NOT_SUPPORTED;
    size_t length = strcspn(type, "; \t");
    return (accepts == NULL || listed(accepts, type, length)) && charset_fine(type + length)
               ? ST_OK
               : ST_MEDIA_TYPE_NOT_SUPPORTED;
}

static int64_t limit_of(const struct request *rq)
{
    const struct conf *conf = rq->server->setup.conf;
    switch (rq->match.route->body) {
    case BODY_JSON:
        return conf_int(conf, CONF_SERVER_BODY_BYTES);
    case BODY_BYTES:
        return (int64_t)rq->match.route->body_limit;
    case BODY_SPOOL:
        return conf_int(conf, CONF_SERVER_IMPORT_BYTES);
    case BODY_NONE:
        break;
    }
    return DISCARD_MAX; /* answered with 400 once it is out of the way */
}

static enum status check_length(struct request *rq)
{
    rq->body_limit = limit_of(rq);
    return request_length(rq) > rq->body_limit ? ST_BODY_TOO_LARGE : ST_OK;
}

/* Bare, or a string of RFC 8941 §3.3.3. NULL: not well-formed. */
static const char *key_unquoted(struct arena *arena, const char *text)
{
    size_t length = strlen(text), used = 0;
    bool quoted = text[0] == '"';
    if (quoted && (length < 2 || text[length - 1] != '"'))
        return NULL;
    char *key = arena_strdup(arena, text);
    for (size_t i = quoted; i < length - quoted; i++) {
        if (quoted && text[i] == '"')
            return NULL;
        if (quoted && text[i] == '\\' && (++i == length - 1 || (text[i] != '"' && text[i] != '\\')))
            return NULL;
        if (text[i] <= ' ' || text[i] > '~')
            return NULL;
        key[used++] = text[i];
    }
    key[used] = '\0';
    return used >= 1 && used <= KEY_MAX ? key : NULL;
}

static enum status check_key(struct request *rq)
{
    const char *key = rq_header(rq, "Idempotency-Key");
    if (!rq->match.route->keyed)
        return ST_OK;
    if (key == NULL)
        return ST_IDEMPOTENCY_KEY_MISSING;
    rq->idempotency_key = key_unquoted(rq->arena, key);
    return rq->idempotency_key == NULL ? ST_IDEMPOTENCY_KEY_INVALID : ST_OK;
}

enum status check_headers(struct request *rq)
{
    rq->body_limit = DISCARD_MAX;
    TRY(check_route(rq));
    TRY(check_token(rq));
    TRY(check_scope(rq));
    TRY(check_media(rq));
    TRY(check_length(rq));
    return check_key(rq);
}
