/* Signs tokens for development and tests (`gongji token`); production issuers sign their own. */
#include <gongji/http/auth.h>

#include <stdlib.h>
#include <string.h>

#include <jwt.h>

#include <gongji/base/clock.h>

#include "keys.h"

enum { US_PER_S = 1000000 };

static bool fail(const char **ret_why, const char *why)
{
    *ret_why = why;
    return false;
}

static const struct conf_issuer *issuer_named(const struct conf *conf, const char *name)
{
    size_t count;
    const struct conf_issuer *issuers = conf_issuers(conf, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(issuers[i].name, name) == 0)
            return &issuers[i];
    return NULL;
}

/* A token that no server would take is told here, where its reason can be said. */
static bool request_fine(const struct conf_issuer *issuer, const struct token_request *in, const char **ret_why,
                         struct arena *arena)
{
    const char *const *granted = words(arena, issuer->scopes), *const *wanted = words(
                                                                   arena, in->scope == NULL ? "" : in->scope);
    int64_t most;
    if (in->sub == NULL || *in->sub == '\0')
        return fail(ret_why, "a token needs a subject (--sub)");
    for (size_t i = 0; wanted[i] != NULL; i++)
        if (!text_in(wanted[i], granted))
            return fail(ret_why, arena_printf(arena, "issuer %s may not grant the scope %s", issuer->name, wanted[i]));
    if (in->act != NULL && strcmp(issuer->allow_act, "true") != 0)
        return fail(ret_why, arena_printf(arena, "issuer %s may not act for others (allow_act)", issuer->name));
    const char *const *required = words(arena, issuer->required_claims);
    if ((in->act == NULL && text_in("act", required)) || (!in->id_sighted && text_in("id_sighted", required)) ||
        (in->terminal_id == NULL && text_in("terminal_id", required)))
        return fail(ret_why, arena_printf(arena, "a token of issuer %s needs %s (--act, --sighted, --terminal)",
                                          issuer->name, issuer->required_claims));
    if (!parse_int64(issuer->max_lifetime, &most) || in->ttl_seconds < 1 || in->ttl_seconds > most)
        return fail(ret_why, arena_printf(arena, "the lifetime of a token of issuer %s is 1 to %s seconds",
                                          issuer->name, issuer->max_lifetime));
    return true;
}

static void set_text(json_t *claims, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(claims, name, json_string(text));
}

static void set_areas(json_t *claims, struct arena *arena, const char *text)
{
    const char *const *areas = words(arena, text);
    json_t *list = json_array();
    for (size_t i = 0; areas[i] != NULL; i++)
        json_array_append_new(list, json_string(areas[i]));
    if (areas[0] == NULL)
        json_decref(list);
    else
        json_object_set_new(claims, "areas", list);
}

static const char *claims_text(const struct conf_issuer *issuer, const struct token_request *in, struct arena *arena)
{
    int64_t now_s = (clock_now_us() - clock_offset_us()) / US_PER_S;
    json_t *claims = json_keep(arena, json_object());
    set_text(claims, "iss", issuer->iss);
    set_text(claims, "aud", issuer->aud);
    set_text(claims, "sub", in->sub);
    set_text(claims, "scope", in->scope);
    set_text(claims, "client_id", in->client_id);
    set_text(claims, "person_id", in->person_id);
    set_text(claims, "terminal_id", in->terminal_id);
    if (in->id_sighted)
        json_object_set_new(claims, "id_sighted", json_true());
    set_areas(claims, arena, in->areas == NULL ? issuer->areas : in->areas);
    if (in->act != NULL)
        json_object_set_new(claims, "act", json_pack("{s:s}", "sub", in->act));
    json_object_set_new(claims, "iat", json_integer(now_s));
    json_object_set_new(claims, "exp", json_integer(now_s + in->ttl_seconds));
    return json_text(arena, claims);
}

static char *signed_token(const char *claims, enum algorithm algorithm, const struct token_key *key,
                          struct arena *arena)
{
    static const jwt_alg_t ALGORITHMS[ALGORITHM_COUNT] = {
        [HS256] = JWT_ALG_HS256, [RS256] = JWT_ALG_RS256, [ES256] = JWT_ALG_ES256
    };
    jwt_t *jwt = NULL;
    char *encoded = NULL, *token;
    if (jwt_new(&jwt) != 0)
        return NULL;
    if (jwt_add_header(jwt, "kid", key->kid) == 0 && jwt_add_grants_json(jwt, claims) == 0 &&
        jwt_set_alg(jwt, ALGORITHMS[algorithm], (const unsigned char *)key->material.bytes,
                    (int)key->material.length) == 0)
        encoded = jwt_encode_str(jwt);
    token = arena_strdup(arena, encoded);
    free(encoded);
    jwt_free(jwt);
    return token;
}

bool auth_mint(const struct conf *conf, const struct token_request *in, char **ret_token, const char **ret_why,
               struct arena *arena)
{
    const struct conf_issuer *issuer = issuer_named(conf, in->issuer);
    enum algorithm algorithm;
    struct token_key key = { 0 };
    if (issuer == NULL)
        return fail(ret_why, arena_printf(arena, "there is no section [issuer %s] in %s", in->issuer, conf_path(conf)));
    if (!algorithm_of(issuer->algorithm, &algorithm))
        return fail(ret_why, arena_printf(arena, "[issuer %s] algorithm is HS256, RS256 or ES256", issuer->name));
    if (!request_fine(issuer, in, ret_why, arena) || !signing_key_load(conf, issuer, algorithm, &key, ret_why, arena))
        return false;
    char *token = signed_token(claims_text(issuer, in, arena), algorithm, &key, arena);
    if (token == NULL)
        return fail(ret_why, "libjwt could not sign the token");
    *ret_token = token;
    return true;
}
