/* gongji token: a signed token for trying things out; real ones come from the channels' own issuers. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include <gongji/http/auth.h>

static bool parse_ttl(struct arena *arena, const char *text, int64_t *ret_seconds)
{
    static const struct {
        char unit;
        int64_t seconds;
    } UNITS[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    size_t digits = strspn(text, "0123456789");
    int64_t amount;
    if (digits == 0 || digits > 8 || !parse_int64(arena_strndup(arena, text, digits), &amount))
        return false;
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (text[digits] == UNITS[i].unit && text[digits + 1] == '\0') {
            *ret_seconds = amount * UNITS[i].seconds;
            return amount > 0;
        }
    return false;
}

int cli_token(struct cli *cli)
{
    struct token_request in = {
        .issuer = cli_value(cli, "issuer"),
        .sub = cli_value(cli, "sub"),
        .scope = cli_value(cli, "scope"),
        .act = cli_value(cli, "act"),
        .client_id = cli_value(cli, "client"),
        .terminal_id = cli_value(cli, "terminal"),
        .id_sighted = cli_value(cli, "sighted") != NULL,
        .areas = cli_value(cli, "areas"),
        .person_id = cli_value(cli, "person"),
    };
    const char *ttl = cli_value(cli, "ttl"), *why;
    char *token;
    if (!parse_ttl(cli->arena, ttl ? ttl : "1h", &in.ttl_seconds))
        return cli_misused(cli, "--ttl %s is not a time such as 90s, 15m, 1h or 7d", ttl);
    if (!cli_conf(cli))
        return CLI_FAILED;
    if (!auth_mint(cli->conf, &in, &token, &why, cli->arena))
        return cli_fail("%s", why);
    puts(token);
    return CLI_DONE;
}
