/* /v1/webhooks: where a channel wants its events sent, and what became of them. */
#include <gongji/api/api.h>

#include <string.h>

#include <gongji/api/webhooks.h>
#include <gongji/base/id.h>
#include <gongji/channel/webhook.h>
#include <gongji/db/events.h>

enum { URL_MAX = 500, TYPES_MAX = 20 };

static bool type_valid(const char *text)
{
    return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz_.")] == '\0';
}

static const char *seal(struct app *app, struct arena *arena, const char *id, const char *secret)
{
    return crypto_seal(app->seal_keys, arena, webhook_secret_aad(arena, id), str_of(secret));
}

/* This once: what signs is never shown again. */
static enum status reply_with_secret(struct request *rq, struct outcome *out, const char *secret)
{
    if (status_succeeded(out->code))
        json_object_set_new(out->result, "secret", json_string(secret));
    return api_reply(rq, out);
}

enum status api_webhook_create(struct app *app, struct request *rq)
{
    struct arena *arena = rq_arena(rq);
    json_t *types = NULL;
    char id[37];
    struct webhook_create in = { .id = id };
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){ { "url", FIELD_TEXT, &in.url, .max = URL_MAX, .check = webhook_url_valid },
                                      { "types", FIELD_TEXTS, &types, .optional = true, .min = 1, .max = TYPES_MAX,
                                        .check = type_valid },
                                      { 0 } }));
    if (!webhook_url_allowed(in.url, conf_text(app->conf, CONF_WEBHOOK_ORIGINS)))
        return ST_WEBHOOK_URL_NOT_ALLOWED;
    const char *secret = webhook_secret_new(arena);
    id_new(id);
    in.types = db_array_of(arena, types);
    in.secret_sealed = seal(app, arena, id, secret);
    TRY(db_webhook_create(app->db, api_call(app, rq), &in, &out));
    return reply_with_secret(rq, &out, secret);
}

enum status api_webhook_rotate(struct app *app, struct request *rq)
{
    struct arena *arena = rq_arena(rq);
    const char *id = id_strip("whk_", rq_path(rq, "webhook_id")), *secret = webhook_secret_new(arena);
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){ { 0 } }));
    TRY(db_webhook_rotate(app->db, api_call(app, rq), id, id ? seal(app, arena, id, secret) : NULL, &out));
    return reply_with_secret(rq, &out, secret);
}

enum status api_webhook_list(struct app *app, struct request *rq)
{
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    TRY(db_webhook_list(app->db, api_call(app, rq), &out));
    return api_reply(rq, &out);
}

enum status api_webhook_delete(struct app *app, struct request *rq)
{
    const char *id = id_strip("whk_", rq_path(rq, "webhook_id"));
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    TRY(db_webhook_delete(app->db, api_call(app, rq), id, &out));
    return api_reply(rq, &out);
}

enum status api_webhook_deliveries(struct app *app, struct request *rq)
{
    static const char *const STATES[] = { "pending", "delivered", "failed", NULL };
    const char *state = NULL;
    const struct query_field fields[] = { { "state", QUERY_TEXT, &state, .one_of = STATES }, { 0 } };
    struct list_query list;
    struct outcome out;
    TRY(api_list_query(app, rq, fields, &list));
    struct webhook_deliveries in = { id_strip("whk_", rq_path(rq, "webhook_id")), list.filter, list.after, list.limit };
    TRY(db_webhook_deliveries(app->db, api_call(app, rq), &in, &out));
    return api_list_reply(app, rq, &list, &out);
}
