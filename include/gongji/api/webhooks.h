#pragma once
/* The thread that sends events to webhooks. Several processes may run it at once: an event is claimed before it is sent. */
#include <gongji/api/api.h>

struct webhooks;
/* *ret is NULL when webhook.origins is empty: then nothing is ever sent. */
bool webhooks_start(struct app *app, struct webhooks **ret, const char **ret_why);
void webhooks_stop(
    struct webhooks *webhooks); /* an attempt in flight is given up and tried again later; NULL is fine */

/* What the seal of a webhook's secret names. */
char *webhook_secret_aad(struct arena *arena, const char *webhook_id);
