#pragma once
/* The feed of events and the webhooks it is sent to. Ids come without their prefix; NULL is answered as not found. */
#include <gongji/db/db.h>

struct event_list {
    const char *filter, *after, *limit; /* filter: {after}, an event's uuid */
};
enum status db_event_list(struct db *db, const struct db_call *call, const struct event_list *in, struct outcome *ret);

struct webhook_create {
    const char *id, *url, *types, *secret_sealed; /* types: text[], NULL: all */
};
enum status db_webhook_create(struct db *db, const struct db_call *call, const struct webhook_create *in,
                              struct outcome *ret);
enum status db_webhook_list(struct db *db, const struct db_call *call, struct outcome *ret);
enum status db_webhook_delete(struct db *db, const struct db_call *call, const char *id, struct outcome *ret);

struct webhook_deliveries {
    const char *id, *filter, *after, *limit; /* filter: {state} */
};
enum status db_webhook_deliveries(struct db *db, const struct db_call *call, const struct webhook_deliveries *in,
                                  struct outcome *ret);

enum status db_webhook_rotate(struct db *db, const struct db_call *call, const char *id, const char *secret_sealed,
                              struct outcome *ret);

/* The result is an array of {webhook_id, event_id, attempt, url, secret_sealed, previous_secret_sealed?, message}: the caller's to deliver and report. */
enum status db_webhook_claim(struct db *db, const struct db_call *call, int64_t limit, struct outcome *ret);

struct webhook_report {
    const char *webhook_id, *event_id, *error;
    int64_t attempt, http_status, duration_ms; /* http_status 0: none */
};
enum status db_webhook_report(struct db *db, const struct db_call *call, const struct webhook_report *in,
                              struct outcome *ret);
