/* How a failure is told: application/problem+json (RFC 9457). Texts follow the caller's language, codes never do. */
#include "inner.h"

#include <string.h>

static void set_text(json_t *object, const char *name, const char *text)
{
    json_object_set_new(object, name, json_string(text));
}

/* `instance` names this occurrence; the path would do as well, but may hold what a caller should not have put there. */
static json_t *problem_head(const struct request *rq, enum status status)
{
    json_t *problem = json_object();
    set_text(problem, "type", arena_printf(rq->arena, "/docs#%s", status_code(status)));
    set_text(problem, "title", status_title(status, rq->language));
    json_object_set_new(problem, "status", json_integer(status_http(status)));
    set_text(problem, "detail", status_help(status, rq->language));
    set_text(problem, "instance", arena_printf(rq->arena, "urn:gongji:request:%s", rq->id));
    set_text(problem, "code", status_code(status));
    set_text(problem, "request_id", rq->id);
    set_text(problem, "retry", status_retry(status));
    return problem;
}

/* The checks of members speak English, with their limits in it; a Chinese reader gets the general sentence. */
static const char *fault_detail(const struct fault *fault, enum language language)
{
    static const struct {
        const char *code, *zh;
    } DETAILS[] = {
        { "malformed", "格式有误，无法读取" },    { "unknown_member", "没有这一项" },
        { "duplicate_member", "这一项重复出现" }, { "missing", "缺少这一项" },
        { "wrong_type", "类型不正确" },           { "out_of_range", "长度或大小超出允许的范围" },
        { "not_allowed", "不是允许的内容" },      { "bad_format", "格式不正确" },
    };
    for (size_t i = 0; language == LANG_ZH && i < sizeof DETAILS / sizeof *DETAILS; i++)
        if (strcmp(DETAILS[i].code, fault->code) == 0)
            return DETAILS[i].zh;
    return fault->detail;
}

static json_t *fault_list(const struct faults *faults, enum language language)
{
    json_t *list = json_array();
    for (const struct fault *fault = faults->first; fault != NULL; fault = fault->next) {
        json_t *item = json_object();
        set_text(item, "pointer", fault->pointer);
        set_text(item, "code", fault->code);
        set_text(item, "detail", fault_detail(fault, language));
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *refusal_list(const struct request *rq)
{
    json_t *list = json_array();
    for (size_t i = 0; i < rq->refusal.count; i++) {
        enum status code = rq->refusal.codes[i];
        json_t *item = json_object();
        set_text(item, "code", status_code(code));
        set_text(item, "detail", status_title(code, rq->language));
        json_object_update_missing(item, json_object_get(rq->refusal.extras, status_code(code)));
        json_array_append_new(list, item);
    }
    return list;
}

/* Extras of every refusal are found at the top too; of two that share a name the first refusal's stands. */
static void add_extras(json_t *problem, const struct refusal *refusal)
{
    for (size_t i = 0; i < refusal->count; i++)
        json_object_update_missing(problem, json_object_get(refusal->extras, status_code(refusal->codes[i])));
}

static void add_errors(json_t *problem, const struct request *rq, enum status status)
{
    if (rq->refusal.count > 0 && rq->refusal.codes[0] == status) {
        json_object_set_new(problem, "errors", refusal_list(rq));
        add_extras(problem, &rq->refusal);
    } else if (status == ST_VALIDATION_FAILED) {
        json_object_set_new(problem, "errors", fault_list(&rq->faults, rq->language));
    }
}

/* RFC 6750 §3: the challenge that goes with a refusal of the token. */
static void add_challenge(struct request *rq, enum status status)
{
    if (status_http(status) == 401)
        reply_header(rq, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
    else if (status == ST_SCOPE_MISSING)
        reply_header(
            rq, "WWW-Authenticate",
            arena_printf(rq->arena, "Bearer error=\"insufficient_scope\", scope=\"%s\"", rq->match.route->scopes));
    else if (status == ST_METHOD_NOT_ALLOWED)
        reply_header(rq, "Allow", rq->match.allow);
}

/* draft-ietf-httpapi-ratelimit-headers: the policy that was hit and when it will let the next one through. */
static void add_wait(struct request *rq, enum status status, const json_t *problem)
{
    const struct limit_rule *rule = &rq->limited;
    long long wait_s = status == ST_RATE_LIMITED && rq->limited_s > 0 ? (long long)rq->limited_s : 1;
    const json_t *known = json_object_get(problem, "retry_after"); /* a limit of the database's says until when */
    if (json_is_integer(known))
        wait_s = json_integer_value(known);
    if (status_http(status) != 429 && status_http(status) != 503)
        return;
    reply_header(rq, "Retry-After", arena_printf(rq->arena, "%lld", wait_s));
    if (rule->name == NULL)
        return;
    reply_header(
        rq, "RateLimit-Policy",
        arena_printf(rq->arena, "\"%s\";q=%lld;w=%lld", rule->name, (long long)rule->count, (long long)rule->seconds));
    reply_header(rq, "RateLimit", arena_printf(rq->arena, "\"%s\";r=0;t=%lld", rule->name, wait_s));
}

/* Headers that the handler has set stay: a refusal may be a replay, and says so. */
void problem_reply(struct request *rq, enum status status)
{
    json_t *problem = problem_head(rq, status);
    rq->reply.ready = false;
    add_errors(problem, rq, status);
    reply_json(rq, status, problem);
    rq->reply.content_type = "application/problem+json";
    reply_header(rq, "Cache-Control", "no-store");
    add_challenge(rq, status);
    add_wait(rq, status, problem);
}
