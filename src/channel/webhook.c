/* Standard Webhooks: addresses, signatures, one attempt. Knows no database and no schedule. */
#include <gongji/channel/webhook.h>

#include <string.h>

#include <curl/curl.h>

#include <gongji/base/clock.h>
#include <gongji/base/crypto.h>

/* --- addresses --- */

struct origin {
    struct str scheme, host, port; /* port empty: not given */
};

static bool host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '*';
}

static struct str take(const char **at, bool (*wanted)(char))
{
    const char *start = *at;
    while (**at && wanted(**at))
        (*at)++;
    return (struct str){ start, (size_t)(*at - start) };
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* scheme://host[:port], and what follows in *ret_rest. No user, no IPv6 literal: nothing two readers could take apart differently. */
static bool origin_read(const char *url, struct origin *ret, const char **ret_rest)
{
    const char *mark = strstr(url, "://");
    if (!mark)
        return false;
    ret->scheme = (struct str){ url, (size_t)(mark - url) };
    *ret_rest = mark + 3;
    ret->host = take(ret_rest, host_char);
    ret->port = (struct str){ "", 0 };
    if (**ret_rest == ':') {
        (*ret_rest)++;
        ret->port = take(ret_rest, digit);
        if (ret->port.length == 0)
            return false;
    }
    return ret->host.length > 0;
}

static bool same(struct str a, const char *b)
{
    return a.length == strlen(b) && strncmp(a.bytes, b, a.length) == 0;
}

bool webhook_url_valid(const char *url)
{
    struct origin origin;
    const char *rest;
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '#' || *c == '@' || *c == '\\')
            return false;
    return origin_read(url, &origin, &rest) && (same(origin.scheme, "http") || same(origin.scheme, "https")) &&
           !memchr(origin.host.bytes, '*', origin.host.length) && (*rest == '\0' || *rest == '/' || *rest == '?');
}

static bool origin_lets(const struct origin *rule, const struct origin *origin)
{
    return str_equal(rule->scheme, origin->scheme) && (same(rule->host, "*") || str_equal(rule->host, origin->host)) &&
           (rule->port.length == 0 || str_equal(rule->port, origin->port));
}

bool webhook_url_allowed(const char *url, const char *origins)
{
    struct origin origin, rule;
    const char *rest;
    if (!webhook_url_valid(url) || !origin_read(url, &origin, &rest))
        return false;
    while (*(origins += strspn(origins, " "))) {
        if (!origin_read(origins, &rule, &rest))
            return false;
        if ((*rest == ' ' || *rest == '\0') && origin_lets(&rule, &origin))
            return true;
        origins = rest + strcspn(rest, " ");
    }
    return false;
}

/* --- signatures --- */

static const char PREFIX[] = "whsec_";
enum { PREFIX_LENGTH = sizeof PREFIX - 1, SECRET_BYTES = 32 };

char *webhook_secret_new(struct arena *arena)
{
    char bytes[SECRET_BYTES];
    crypto_random(bytes, sizeof bytes);
    return arena_printf(arena, "%s%s", PREFIX, base64_encode(arena, (struct str){ bytes, sizeof bytes }));
}

static char *sign(struct arena *arena, const struct webhook_message *message, const char *whsec)
{
    struct str secret;
    if (strncmp(whsec, PREFIX, PREFIX_LENGTH) != 0 || !base64_decode(arena, str_of(whsec + PREFIX_LENGTH), &secret))
        return NULL;
    unsigned char digest[DIGEST_BYTES];
    const char *text = arena_printf(arena, "%s.%lld.%s", message->id, (long long)message->at_s, message->body);
    crypto_hmac_sha256(secret, str_of(text), digest);
    return arena_printf(arena, "v1,%s", base64_encode(arena, (struct str){ (const char *)digest, sizeof digest }));
}

char *webhook_signature(struct arena *arena, const struct webhook_message *message)
{
    char *signature = sign(arena, message, message->secret);
    if (!signature || !message->previous_secret)
        return signature;
    char *previous = sign(arena, message, message->previous_secret);
    return previous ? arena_printf(arena, "%s %s", signature, previous) : NULL;
}

/* --- an attempt --- */

bool webhook_library_start(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

enum { ANSWER_BYTES = 64 * 1024, CONNECT_MS = 5000 };

/* What they say does not matter, only that it ends. */
static size_t swallow(char *bytes, size_t size, size_t count, void *context)
{
    size_t *total = context;
    (void)bytes;
    *total += size * count;
    return *total <= ANSWER_BYTES ? size * count : 0;
}

static int stopped(void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    (void)down_all, (void)down, (void)up_all, (void)up;
    return atomic_load((const atomic_bool *)context);
}

static struct curl_slist *headers(struct arena *arena, const struct webhook_message *message, const char *signature)
{
    const char *lines[] = {
        "Content-Type: application/json",
        "Expect:",
        arena_printf(arena, "webhook-id: %s", message->id),
        arena_printf(arena, "webhook-timestamp: %lld", (long long)message->at_s),
        arena_printf(arena, "webhook-signature: %s", signature),
    };
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        list = curl_slist_append(list, lines[i]);
        if (!list)
            out_of_memory();
    }
    return list;
}

void webhook_post(struct arena *arena, const struct webhook_message *message, const atomic_bool *stop,
                  struct webhook_answer *ret)
{
    *ret = (struct webhook_answer){ .error = "the signing secret cannot be read" };
    char *signature = webhook_signature(arena, message);
    if (!signature)
        return;
    CURL *curl = curl_easy_init();
    if (!curl)
        out_of_memory();
    struct curl_slist *list = headers(arena, message, signature);
    size_t answered = 0;
    long status = 0;
    int64_t start_us = clock_mono_us();
    curl_easy_setopt(curl, CURLOPT_URL, message->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)WEBHOOK_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, message->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(message->body));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "gongji");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answered);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stopped);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, stop);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    *ret = (struct webhook_answer){
        .http_status = status,
        .error = code == CURLE_OK ? NULL : curl_easy_strerror(code),
        .duration_ms = (clock_mono_us() - start_us) / 1000,
    };
}
