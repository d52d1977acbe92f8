/* Events and webhooks in the database. */
#include <gongji/db/events.h>

enum status db_event_list(struct db *db, const struct db_call *call, const struct event_list *in, struct outcome *ret)
{
    return db_run(db, call, QUERY_EVENT_LIST, DB_PARAMS(in->filter, in->after, in->limit), ret);
}

enum status db_webhook_create(struct db *db, const struct db_call *call, const struct webhook_create *in,
                              struct outcome *ret)
{
    return db_run(db, call, QUERY_WEBHOOK_CREATE, DB_PARAMS(in->id, in->url, in->types, in->secret_sealed), ret);
}

enum status db_webhook_list(struct db *db, const struct db_call *call, struct outcome *ret)
{
    return db_run(db, call, QUERY_WEBHOOK_LIST, NULL, 0, ret);
}

enum status db_webhook_delete(struct db *db, const struct db_call *call, const char *id, struct outcome *ret)
{
    return db_run(db, call, QUERY_WEBHOOK_DELETE, DB_PARAMS(id), ret);
}

enum status db_webhook_deliveries(struct db *db, const struct db_call *call, const struct webhook_deliveries *in,
                                  struct outcome *ret)
{
    return db_run(db, call, QUERY_WEBHOOK_DELIVERIES, DB_PARAMS(in->id, in->filter, in->after, in->limit), ret);
}

enum status db_webhook_rotate(struct db *db, const struct db_call *call, const char *id, const char *secret_sealed,
                              struct outcome *ret)
{
    return db_run(db, call, QUERY_WEBHOOK_ROTATE, DB_PARAMS(id, secret_sealed), ret);
}

enum status db_webhook_claim(struct db *db, const struct db_call *call, int64_t limit, struct outcome *ret)
{
    return db_run(db, call, QUERY_WEBHOOK_CLAIM, DB_PARAMS(db_int(call->arena, limit)), ret);
}

enum status db_webhook_report(struct db *db, const struct db_call *call, const struct webhook_report *in,
                              struct outcome *ret)
{
    const char *attempt = db_int(call->arena, in->attempt), *duration_ms = db_int(call->arena, in->duration_ms);
    const char *status = in->http_status ? db_int(call->arena, in->http_status) : NULL;
    return db_run(db, call, QUERY_WEBHOOK_REPORT,
                  DB_PARAMS(in->webhook_id, in->event_id, attempt, status, in->error, duration_ms), ret);
}
