/* What all handlers share: how a request becomes a database call, how an answer becomes a reply, and how lists are paged. */
#include <string.h>

#include <gongji/api/api.h>
#include <gongji/base/clock.h>

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, json_string(text));
}

/* The role a scope stands for; a token with several kinds of scope has the role of the one that let the call in. */
static const char *kind_of(const char *scope)
{
    static const char *const CITIZEN[] = { "family", "account", "premium", NULL };
    if (text_equal(scope, "medical"))
        return "institution";
    return scope && text_in(scope, CITIZEN) ? "citizen" : "staff";
}

static json_t *text_list(const char *const *texts)
{
    json_t *list = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

/* Scope of an idempotency key: (iss, client_id, sub, key); 128 bits are kept. */
static const char *key_scope(struct arena *arena, const struct caller *caller, const char *key)
{
    const char *scope = arena_printf(arena, "%s\n%s\n%s\n%s", caller->iss, caller->client_id ? caller->client_id : "",
                                     caller->sub, key);
    return arena_strndup(arena, crypto_sha256_hex(arena, str_of(scope)), 32);
}

static const char *fingerprint(struct request *rq, const char *key)
{
    const struct caller *caller = rq_caller(rq);
    const json_t *body = rq_json_body(rq);
    return arena_printf(rq_arena(rq), "%s %s\nact\t%s\n%s", rq_method(rq), rq_target(rq),
                        caller->actor ? caller->actor : "", body ? json_fingerprint(rq_arena(rq), key, body) : "");
}

static struct db_call *call_as(struct app *app, struct request *rq, const char *scope)
{
    (void)app;
    struct arena *arena = rq_arena(rq);
    const struct caller *caller = rq_caller(rq);
    const char *key = rq_idempotency_key(rq);
    struct db_call *call = arena_alloc(arena, sizeof *call);
    json_t *context = json_keep(arena, json_object());

    call->key = key ? key_scope(arena, caller, key) : NULL;
    put_text(context, "issuer", caller->issuer);
    put_text(context, "client_id", caller->client_id);
    put_text(context, "sub", caller->sub);
    put_text(context, "actor", caller->actor);
    put_text(context, "channel", caller->channel);
    put_text(context, "scope", scope);
    put_text(context, "kind", kind_of(scope));
    put_text(context, "operator_person_id", caller->operator_person_id);
    put_text(context, "terminal_id", caller->terminal_id);
    put_text(context, "request_id", rq_id(rq));
    put_text(context, "reason", rq_access_reason(rq));
    json_object_set_new(context, "id_sighted", json_boolean(caller->id_sighted));
    json_object_set_new(context, "areas", text_list(caller->areas));
    if (text_equal(scope, "cash"))
        json_object_set_new(context, "cash_channels", text_list(caller->cash_channels));
    if (key) {
        put_text(context, "key", call->key);
        put_text(context, "request", fingerprint(rq, key));
    }
    call->arena = arena;
    call->deadline_us = rq_deadline_us(rq);
    call->context = json_text(arena, context);
    call->client = arena_printf(arena, "%s %s %s", caller->iss, caller->client_id ? caller->client_id : "",
                                caller->sub);
    return call;
}

struct db_call *api_call(struct app *app, struct request *rq)
{
    return call_as(app, rq, rq_caller(rq)->scope);
}

struct db_call *api_call_refunder(struct app *app, struct request *rq)
{
    return call_as(app, rq, rq_has_scope(rq, "refund") ? "refund" : rq_caller(rq)->scope);
}

struct db_call *api_long_call(struct app *app, struct request *rq)
{
    enum { LONG_S = 60 };
    struct db_call *call = api_call(app, rq);
    call->deadline_us = clock_mono_us() + (int64_t)LONG_S * 1000 * 1000;
    return call;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

/* The first member in which two requests differ, as a JSON pointer ("path" and "act" for what is not in the body). */
static const char *first_difference(struct arena *arena, const char *first, const char *second)
{
    const char *names[] = { "path", "act" };
    for (size_t line = 0; *first || *second; line++) {
        size_t a = (size_t)(next_line(first) - first), b = (size_t)(next_line(second) - second);
        if (a != b || memcmp(first, second, a) != 0) {
            if (line < 2)
                return names[line];
            const char *named = a && (!b || strcmp(first, second) < 0) ? first : second;
            return arena_strndup(arena, named, strcspn(named, "\t\n"));
        }
        first += a;
        second += b;
    }
    return "";
}

static void name_difference(struct request *rq, json_t *extras)
{
    json_t *extra = json_object_get(extras, "IDEMPOTENCY_KEY_REUSED");
    const char *first = json_string_value(json_object_get(extra, "first_request"));
    if (!first)
        return;
    put_text(extra, "pointer", first_difference(rq_arena(rq), first, fingerprint(rq, rq_idempotency_key(rq))));
    json_object_del(extra, "first_request");
}

/* A value that only the database could judge: {"pointer", "detail", "fault"} of the refusal become a fault of the body. */
static enum status faulty(struct request *rq, const json_t *extras)
{
    const json_t *fault = json_object_get(extras, "VALIDATION_FAILED");
    const char *pointer = json_string_value(json_object_get(fault, "pointer"));
    const char *detail = json_string_value(json_object_get(fault, "detail"));
    const char *code = json_string_value(json_object_get(fault, "fault"));
    return rq_fault(rq, pointer ? pointer : "", code ? code : "out_of_range", detail ? detail : "");
}

enum status api_refusal(struct request *rq, const struct outcome *out)
{
    if (status_succeeded(out->code))
        return ST_OK;
    if (out->code == ST_VALIDATION_FAILED)
        return faulty(rq, out->result);
    if (out->code == ST_IDEMPOTENCY_KEY_REUSED)
        name_difference(rq, out->result);
    if (out->replayed)
        reply_header(rq, "Idempotency-Replayed", "true");
    return rq_refuse(rq, out->code_count ? out->codes : &out->code, out->code_count ? out->code_count : 1,
                     json_incref(out->result));
}

enum status api_reply(struct request *rq, const struct outcome *out)
{
    TRY(api_refusal(rq, out));
    if (out->replayed)
        reply_header(rq, "Idempotency-Replayed", "true");
    if (out->text)
        return reply_json_text(rq, out->code, out->text);
    if (out->code == ST_NO_CONTENT || !out->result)
        return reply_empty(rq, out->code);
    return reply_json(rq, out->code, json_incref(out->result));
}

/* --- lists --- */

enum { FILTERS_MAX = 12, SIGNATURE = 32 };

static const char *signature(struct app *app, struct request *rq, const char *payload)
{
    return arena_strndup(rq_arena(rq),
                         crypto_blind_index(app->index_keys, 0, rq_arena(rq), "cursor", rq_target(rq), payload),
                         SIGNATURE);
}

/* A cursor is "<base64url of {filter, after}>.<signature over path and payload>": what it says was once checked by us. */
static enum status cursor_read(struct app *app, struct request *rq, const char *cursor, struct list_query *ret)
{
    struct arena *arena = rq_arena(rq);
    const char *dot = strchr(cursor, '.');
    struct str payload;
    if (!dot || !base64url_decode(arena, (struct str){ cursor, (size_t)(dot - cursor) }, &payload))
        return ST_CURSOR_INVALID;
    const char *text = arena_strndup(arena, payload.bytes, payload.length);
    if (!text_equal(dot + 1, signature(app, rq, text)))
        return ST_CURSOR_INVALID;
    json_t *parts = json_keep(arena, json_loads(text, 0, NULL));
    if (!parts)
        return ST_CURSOR_INVALID;
    ret->filter_json = json_object_get(parts, "filter");
    ret->filter = json_text(arena, ret->filter_json);
    ret->after = json_text(arena, json_object_get(parts, "after"));
    return ST_OK;
}

static char *cursor_write(struct app *app, struct request *rq, json_t *filter, const json_t *after)
{
    struct arena *arena = rq_arena(rq);
    json_t *parts = json_keep(arena, json_object());
    json_object_set(parts, "filter", filter);
    json_object_set_new(parts, "after", json_deep_copy(after));
    const char *text = json_text(arena, parts);
    return arena_printf(arena, "%s.%s", base64url_encode(arena, str_of(text)), signature(app, rq, text));
}

/* Filters that were given: texts that are set, numbers not below zero, flags that are true. */
static json_t *filter_of(struct arena *arena, const struct query_field *fields)
{
    json_t *filter = json_keep(arena, json_object());
    for (const struct query_field *field = fields; field->name; field++) {
        if (field->kind == QUERY_INT) {
            if (*(const int64_t *)field->ret >= 0)
                json_object_set_new(filter, field->name, json_integer(*(const int64_t *)field->ret));
        } else if (field->kind == QUERY_BOOL) {
            if (*(const bool *)field->ret)
                json_object_set_new(filter, field->name, json_true());
        } else {
            put_text(filter, field->name, *(const char *const *)field->ret);
        }
    }
    return filter;
}

enum status api_list_query(struct app *app, struct request *rq, const struct query_field *fields,
                           struct list_query *ret)
{
    struct query_field all[FILTERS_MAX + 3] = { 0 };
    size_t count = 0;
    int64_t limit = 50;
    const char *cursor = NULL;
    while (fields[count].name && count < FILTERS_MAX) {
        all[count] = fields[count];
        count++;
    }
    all[count] = (struct query_field){ .name = "limit", .kind = QUERY_INT, .ret = &limit, .min = 1, .max = 200 };
    all[count + 1] = (struct query_field){ .name = "cursor", .kind = QUERY_TEXT, .ret = &cursor, .max = 4096 };
    TRY(rq_query(rq, all));

    *ret = (struct list_query){ .limit = db_int(rq_arena(rq), limit) };
    if (cursor)
        return cursor_read(app, rq, cursor, ret);
    ret->filter_json = filter_of(rq_arena(rq), fields);
    ret->filter = json_text(rq_arena(rq), ret->filter_json);
    return ST_OK;
}

const char *api_list_cursor(struct app *app, struct request *rq, const struct list_query *list, const json_t *next)
{
    return json_is_object(next) ? cursor_write(app, rq, list->filter_json, next) : NULL;
}

enum status api_list_reply(struct app *app, struct request *rq, const struct list_query *list, struct outcome *out)
{
    TRY(api_refusal(rq, out));
    const char *cursor = api_list_cursor(app, rq, list, json_object_get(out->result, "next"));
    json_t *page = json_object();
    json_object_set(page, "data", json_object_get(out->result, "data"));
    json_object_set_new(page, "next_cursor", cursor ? json_string(cursor) : json_null());
    return reply_json(rq, out->code, page);
}

/* --- CSV --- */

/* RFC 4180 §2: quoted when it holds a quote, a comma or a line break. */
static void csv_text(struct buf *csv, const char *text)
{
    if (strpbrk(text, "\",\r\n") == NULL) {
        buf_append(csv, text);
        return;
    }
    buf_append_char(csv, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_append_char(csv, '"');
        buf_append_char(csv, *text);
    }
    buf_append_char(csv, '"');
}

void api_csv_header(struct buf *csv, const char *const *columns)
{
    for (size_t i = 0; columns[i]; i++)
        buf_printf(csv, "%s%s", i > 0 ? "," : "", columns[i]);
    buf_append(csv, "\r\n");
}

void api_csv_row(struct buf *csv, const char *const *columns, const json_t *object)
{
    for (size_t i = 0; columns[i]; i++) {
        const json_t *value = json_object_get(object, columns[i]);
        if (i > 0)
            buf_append_char(csv, ',');
        if (json_is_integer(value))
            buf_printf(csv, "%lld", (long long)json_integer_value(value));
        else if (json_is_string(value))
            csv_text(csv, json_string_value(value));
    }
    buf_append(csv, "\r\n");
}
