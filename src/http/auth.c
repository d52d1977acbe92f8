/* Reads a token strictly, then has its signature verified (signature.c), and only then believes it. libjwt 1.10.2
 * would let the token choose the algorithm, accept any signature under an empty key, and take sloppy base64 and
 * members given twice: it only signs (mint.c). */
#include <gongji/http/auth.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gongji/base/clock.h>
#include <gongji/base/metrics.h>

#include "keys.h"
#include "seen.h"
#include "signature.h"

enum { TOKEN_MAX = 4096, SUBJECT_MAX = 64, PERSON_MAX = 32, AREAS_MAX = 512, US_PER_S = 1000000 };
static const int64_t TIME_MAX = (int64_t)1 << 40; /* seconds; keeps sums of them far from overflow */

struct auth {
    pthread_rwlock_t lock; /* guards keys and leeway_s: read by every verification to its end, written by a reload */
    struct key_set *keys;
    struct seen *seen;
    int64_t leeway_s;
};

struct token {
    struct arena *arena;
    const char *text;
    struct str header_text, payload_text, signature_text;
    const json_t *header, *payload;
    struct str signature;
    const struct issuer *issuer;
    const struct token_key *key;
    int64_t exp, now_s, leeway_s;
    bool proof; /* of a card or e-credential shown, instead of a caller's token */
};

/* Real time: a development clock that is moved does not expire anyone's token. */
static int64_t real_now_s(void)
{
    return (clock_now_us() - clock_offset_us()) / US_PER_S;
}

/* --- form --- */

static bool base64url_only(struct str part)
{
    for (size_t i = 0; i < part.length; i++) {
        char c = part.bytes[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return part.length > 0;
}

/* Three parts, each there, nothing else. */
static bool token_split(struct token *token, const char *text)
{
    struct str *parts[] = { &token->header_text, &token->payload_text, &token->signature_text };
    if (strnlen(text, TOKEN_MAX + 1) > TOKEN_MAX)
        return false;
    token->text = text;
    for (int i = 0; i < 3; i++) {
        size_t length = strcspn(text, ".");
        *parts[i] = (struct str){ text, length };
        if (!base64url_only(*parts[i]) || (text[length] == '.') != (i < 2))
            return false;
        text += length + 1;
    }
    return true;
}

/* RFC 6750 §2.1: the scheme in any case, one blank, the token. */
static bool bearer(const char *authorization, const char **ret_token)
{
    if (strncasecmp(authorization, "Bearer ", 7) != 0)
        return false;
    *ret_token = authorization + 7;
    return true;
}

static const json_t *object_in(struct arena *arena, struct str part)
{
    struct faults faults = { .arena = arena };
    struct str text;
    if (!base64url_decode(arena, part, &text))
        return NULL;
    const json_t *value = json_read(&faults, text);
    return json_is_object(value) ? value : NULL;
}

static bool token_decode(struct token *token)
{
    if (!base64url_decode(token->arena, token->signature_text, &token->signature))
        return false;
    token->header = object_in(token->arena, token->header_text);
    token->payload = object_in(token->arena, token->payload_text);
    return token->header != NULL && token->payload != NULL;
}

/* --- who signed, and with what --- */

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool header_members_fine(const json_t *header)
{
    static const char *const KNOWN[] = { "alg", "typ", "kid", NULL };
    static const char *const TYPES[] = { "JWT", "at+jwt", NULL };
    for (void *at = json_object_iter((json_t *)(uintptr_t)header); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)header, at))
        if (!text_in(json_object_iter_key(at), KNOWN) || !json_is_string(json_object_iter_value(at)))
            return false;
    return json_object_get(header, "typ") == NULL || text_in(text_of(header, "typ"), TYPES);
}

static const struct token_key *key_named(const struct issuer *issuer, const char *kid)
{
    if (kid == NULL)
        return issuer->key_count == 1 ? &issuer->keys[0] : NULL;
    for (size_t i = 0; i < issuer->key_count; i++)
        if (strcmp(issuer->keys[i].kid, kid) == 0)
            return &issuer->keys[i];
    return NULL;
}

/* The issuer's section chooses algorithm and key; the token only may not contradict it. */
static bool token_issuer(struct token *token, const struct key_set *keys)
{
    const char *iss = text_of(token->payload, "iss"), *alg = text_of(token->header, "alg");
    if (iss == NULL || alg == NULL || !header_members_fine(token->header))
        return false;
    token->issuer = key_set_issuer(keys, iss);
    if (token->issuer == NULL || !(token->proof ? token->issuer->for_proofs : token->issuer->for_calls) ||
        strcmp(alg, algorithm_name(token->issuer->algorithm)) != 0)
        return false;
    token->key = key_named(token->issuer, text_of(token->header, "kid"));
    return token->key != NULL;
}

static bool signed_well(const struct token *token)
{
    return signature_good(token->issuer->algorithm, token->key, token->text, token->signature);
}

static bool token_signature(const struct token *token, struct seen *seen)
{
    unsigned char digest[DIGEST_BYTES];
    if (token->issuer->algorithm == HS256) /* cheaper than looking it up */
        return signed_well(token);
    crypto_sha256(str_of(token->text), digest);
    if (seen_has(seen, digest, token->now_s))
        return true;
    if (!signed_well(token))
        return false;
    seen_add(seen, digest, token->exp + token->leeway_s, token->now_s);
    return true;
}

/* --- claims --- */

/* A NumericDate of RFC 7519: a number, which may have a fraction; that is cut off. */
static bool time_claim(const json_t *payload, const char *name, bool required, int64_t *ret)
{
    const json_t *value = json_object_get(payload, name);
    if (value == NULL)
        return !required;
    double seconds = json_number_value(value);
    *ret = seconds >= 0 && seconds <= (double)TIME_MAX ? (int64_t)seconds : -1; /* exact: TIME_MAX is below 2^53 */
    return json_is_number(value) && *ret >= 0;
}

static bool times_fine(struct token *token)
{
    int64_t iat = 0, nbf = 0, latest = token->now_s + token->leeway_s;
    if (!time_claim(token->payload, "exp", true, &token->exp) || !time_claim(token->payload, "iat", true, &iat) ||
        !time_claim(token->payload, "nbf", false, &nbf))
        return false;
    return iat <= latest && nbf <= latest && token->exp > iat && token->exp - iat <= token->issuer->max_lifetime_s;
}

static bool audience_fine(const json_t *aud, const char *wanted)
{
    size_t i;
    const json_t *each;
    bool found = false;
    if (json_is_string(aud))
        return strcmp(json_string_value(aud), wanted) == 0;
    if (!json_is_array(aud))
        return false;
    json_array_foreach(aud, i, each) {
        if (!json_is_string(each))
            return false;
        found = found || strcmp(json_string_value(each), wanted) == 0;
    }
    return found;
}

static bool name_fine(const char *text, size_t most)
{
    static const char ALLOWED[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
    size_t length = strspn(text, ALLOWED);
    return length >= 1 && length <= most && text[length] == '\0';
}

/* A claim that may be absent, but not be anything else than a name. */
static bool name_claim(const struct token *token, const json_t *object, const char *claim, size_t most,
                       const char **ret)
{
    const json_t *value = json_object_get(object, claim);
    if (value == NULL)
        return true;
    if (!json_is_string(value) || !name_fine(json_string_value(value), most))
        return false;
    *ret = arena_strdup(token->arena, json_string_value(value));
    return true;
}

static bool actor_claim(const struct token *token, struct caller *caller)
{
    const json_t *act = json_object_get(token->payload, "act");
    if (act == NULL)
        return true;
    return json_is_object(act) && name_claim(token, act, "sub", SUBJECT_MAX, &caller->actor) && caller->actor != NULL;
}

/* The characters of RFC 6749 §3.3, less the comma. A scope that is not the issuer's to grant counts for nothing. */
static bool scope_claim(const struct token *token, struct caller *caller)
{
    const json_t *value = json_object_get(token->payload, "scope");
    const char *text = value == NULL ? "" : json_string_value(value);
    size_t kept = 0;
    if (text == NULL)
        return false;
    for (const char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\' || *c == ',')
            return false;
    const char **scopes = (const char **)(uintptr_t)words(token->arena, text);
    for (size_t i = 0; scopes[i] != NULL; i++)
        if (text_in(scopes[i], token->issuer->scopes))
            scopes[kept++] = scopes[i];
    scopes[kept] = NULL;
    caller->scopes = scopes;
    return true;
}

static bool area_fine(const char *area)
{
    return area != NULL && (strcmp(area, "*") == 0 || (strlen(area) == 6 && strspn(area, "0123456789") == 6));
}

static bool areas_claim(const struct token *token, struct caller *caller)
{
    const json_t *value = json_object_get(token->payload, "areas"), *each;
    size_t i, count = json_is_array(value) ? json_array_size(value) : 1;
    if (value == NULL)
        return true;
    if (count > AREAS_MAX)
        return false;
    const char **areas = arena_alloc(token->arena, (count + 1) * sizeof *areas);
    caller->areas = areas;
    if (json_is_string(value) && strcmp(json_string_value(value), "*") == 0) {
        areas[0] = "*";
        return true;
    }
    json_array_foreach(value, i, each) {
        if (!area_fine(json_string_value(each)))
            return false;
        areas[i] = arena_strdup(token->arena, json_string_value(each));
    }
    return json_is_array(value);
}

static bool sighted_claim(const struct token *token, struct caller *caller)
{
    const json_t *value = json_object_get(token->payload, "id_sighted");
    caller->id_sighted = json_is_true(value);
    return value == NULL || json_is_boolean(value);
}

/* What belongs to the key set may go with a reload; what a request keeps is its own. */
static const char *const *texts_copy(struct arena *arena, const char *const *texts)
{
    size_t count = 0;
    while (texts[count] != NULL)
        count++;
    const char **copy = arena_alloc(arena, (count + 1) * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = arena_strdup(arena, texts[i]);
    return copy;
}

static bool claims_fine(struct token *token, struct caller *caller)
{
    const struct issuer *issuer = token->issuer;
    const json_t *payload = token->payload;
    caller->issuer = arena_strdup(token->arena, issuer->name);
    caller->iss = arena_strdup(token->arena, issuer->iss);
    caller->channel = arena_strdup(token->arena, issuer->channel);
    caller->cash_channels = texts_copy(token->arena, issuer->cash_channels);
    return audience_fine(json_object_get(payload, "aud"), issuer->aud) &&
           name_claim(token, payload, "sub", SUBJECT_MAX, &caller->sub) && caller->sub != NULL &&
           name_claim(token, payload, "client_id", SUBJECT_MAX, &caller->client_id) &&
           name_claim(token, payload, "terminal_id", SUBJECT_MAX, &caller->terminal_id) &&
           name_claim(token, payload, "person_id", PERSON_MAX, &caller->operator_person_id) &&
           actor_claim(token, caller) && scope_claim(token, caller) && areas_claim(token, caller) &&
           sighted_claim(token, caller);
}

/* Who operates, where, and with which document in hand (S0-34, S1-14, S1-36): the issuer's section says what it must tell. */
static enum status presence(const struct issuer *issuer, const struct caller *caller)
{
    if (issuer->needs_terminal && caller->terminal_id == NULL)
        return ST_TOKEN_INVALID;
    if (caller->actor != NULL ? !issuer->allow_act : issuer->needs_actor)
        return ST_PROXY_NOT_AUTHORISED;
    return issuer->needs_sighting && !caller->id_sighted ? ST_PROXY_NOT_AUTHORISED : ST_OK;
}

/* --- the whole --- */

static enum status token_check(struct auth *auth, struct token *token, const char *text, struct caller *ret)
{
    token->leeway_s = auth->leeway_s;
    if (!token_split(token, text) || !token_decode(token) || !token_issuer(token, auth->keys))
        return ST_TOKEN_INVALID;
    if (!times_fine(token) || !token_signature(token, auth->seen) || !claims_fine(token, ret))
        return ST_TOKEN_INVALID;
    if (token->exp + token->leeway_s <= token->now_s)
        return ST_TOKEN_EXPIRED;
    return presence(token->issuer, ret);
}

static enum status verify(struct auth *auth, struct arena *arena, const char *text, bool proof, struct caller *ret)
{
    struct token token = { .arena = arena, .now_s = real_now_s(), .proof = proof };
    struct caller caller = { 0 };
    pthread_rwlock_rdlock(&auth->lock);
    enum status status = text == NULL ? ST_TOKEN_INVALID : token_check(auth, &token, text, &caller);
    pthread_rwlock_unlock(&auth->lock);
    if (status == ST_OK)
        *ret = caller;
    else
        metric_add(METRIC_TOKENS_REFUSED, 1);
    return status;
}

enum status auth_verify(struct auth *auth, struct arena *arena, const char *authorization, struct caller *ret)
{
    const char *text = NULL;
    if (authorization == NULL)
        return ST_TOKEN_MISSING;
    bearer(authorization, &text);
    return verify(auth, arena, text, false, ret);
}

const char *auth_verify_credential(struct auth *auth, struct arena *arena, const char *token)
{
    struct caller caller;
    return verify(auth, arena, token, true, &caller) == ST_OK ? caller.sub : NULL;
}

bool auth_new(const struct conf *conf, struct auth **ret, const char **ret_why, struct arena *arena)
{
    struct key_set *keys;
    if (!key_set_load(conf, &keys, ret_why, arena))
        return false;
    struct auth *auth = arena_alloc(arena, sizeof *auth);
    pthread_rwlock_init(&auth->lock, NULL);
    auth->keys = keys;
    auth->seen = seen_new((size_t)conf_int(conf, CONF_TOKEN_CACHE_ITEMS));
    auth->leeway_s = conf_int(conf, CONF_TOKEN_LEEWAY_SECONDS);
    *ret = auth;
    return true;
}

bool auth_reload(struct auth *auth, const struct conf *conf, const char **ret_why, struct arena *arena)
{
    struct key_set *keys;
    if (!key_set_load(conf, &keys, ret_why, arena))
        return false;
    pthread_rwlock_wrlock(&auth->lock);
    struct key_set *old = auth->keys;
    auth->keys = keys;
    auth->leeway_s = conf_int(conf, CONF_TOKEN_LEEWAY_SECONDS);
    seen_forget(auth->seen);
    pthread_rwlock_unlock(&auth->lock);
    key_set_free(old);
    return true;
}

void auth_free(struct auth *auth)
{
    key_set_free(auth->keys);
    seen_free(auth->seen);
    pthread_rwlock_destroy(&auth->lock);
}
