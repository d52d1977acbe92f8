#pragma once
/* Webhooks as https://www.standardwebhooks.com describes them: a message, its signature, one HTTP attempt.
 * Secrets are "whsec_" + base64; the signature is "v1," + base64 of HMAC-SHA-256 over id.timestamp.body. */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <gongji/base/arena.h>

/* Absolute http or https URL of visible ASCII without user, fragment or blank. */
bool webhook_url_valid(const char *url);
/* Whether one of `origins` (separated by blanks) lets it: "http://127.0.0.1" is that host at any port,
 * "https://hooks.example.org:8443" that port only; an asterisk for the host is any host. */
bool webhook_url_allowed(const char *url, const char *origins);

char *webhook_secret_new(struct arena *arena);

struct webhook_message {
    const char *url, *secret;
    const char *previous_secret; /* signs too while receivers change over; NULL: none */
    const char *id, *body;       /* evt_…, JSON */
    int64_t at_s;                /* Unix seconds */
};
/* One signature a secret, with a blank between; NULL when a secret is none. */
char *webhook_signature(struct arena *arena, const struct webhook_message *message);

struct webhook_answer {
    int64_t http_status; /* 0: none came */
    const char *error;   /* NULL when an answer came */
    int64_t duration_ms;
};
enum { WEBHOOK_TIMEOUT_MS = 10000 };
/* Redirects are not followed and no proxy is asked: what was registered is what is called. Gives up early when *stop. */
void webhook_post(struct arena *arena, const struct webhook_message *message, const atomic_bool *stop,
                  struct webhook_answer *ret);
bool webhook_library_start(void); /* once, before the first thread */
