#pragma once
/* The strict token reader: JWT (RFC 7519, 8725, 9068) over libcrypto, which is only asked to verify what was read
 * strictly. Issuers and keys come from the configuration; SIGHUP reads them again and keeps the old set when the new
 * one is faulty. */
#include <gongji/base/conf.h>
#include <gongji/base/status.h>
#include <gongji/http/request.h>

struct auth;
/* False with one plain line when a key is missing, empty or weak (HS256 < 32 bytes, RS256 < 2048 bits, ES256 not
 * P-256). */
bool auth_new(const struct conf *conf, struct auth **ret, const char **ret_why, struct arena *arena);
bool auth_reload(struct auth *auth, const struct conf *conf, const char **ret_why, struct arena *arena);
void auth_free(struct auth *auth);

/* `authorization` is the header's value or NULL. ST_TOKEN_MISSING, ST_TOKEN_INVALID, ST_TOKEN_EXPIRED,
 * ST_PROXY_NOT_AUTHORISED (act without allow_act, or without act or id_sighted where the issuer's section requires them). */
enum status auth_verify(struct auth *auth, struct arena *arena, const char *authorization, struct caller *ret);
/* Whose card or e-credential was shown: `sub` of a token of a credential issuer, NULL when it does not prove anything. */
const char *auth_verify_credential(struct auth *auth, struct arena *arena, const char *token);

/* For `gongji token` (development): signs with the issuer's signing_key. */
struct token_request {
    const char *issuer, *sub, *scope, *act, *client_id, *areas, *person_id,
        *terminal_id; /* NULL = left out; areas: separated by blanks or commas */
    bool id_sighted;
    int64_t ttl_seconds;
};
bool auth_mint(const struct conf *conf, const struct token_request *in, char **ret_token, const char **ret_why,
               struct arena *arena);
