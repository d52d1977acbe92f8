/* What the subcommands share. */
#include "cli.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gongji/base/clock.h>
#include <gongji/base/id.h>
#include <gongji/base/log.h>
#include <gongji/db/migrate.h>
#include <gongji/domain/civil_date.h>

static const int64_t CALL_US = INT64_C(86400) * 1000 * 1000; /* nobody waits but the operator, who has Ctrl-C */

const char *cli_value(const struct cli *cli, const char *option)
{
    for (size_t i = 0; cli->command->options[i].name; i++)
        if (strcmp(cli->command->options[i].name, option) == 0)
            return cli->values[i];
    return NULL;
}

int cli_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("gongji: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return CLI_FAILED;
}

int cli_misused(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *what = arena_vprintf(cli->arena, format, args);
    va_end(args);
    const char *command = cli->command ? cli->command->name : "";
    cli_fail("%s (see gongji %s%s--help)", what, command, *command ? " " : "");
    return CLI_UNUSABLE;
}

int cli_fail_status(const char *subject, enum status status)
{
    return cli_fail("%s: %s: %s. %s", subject, status_code(status), status_title(status, LANG_EN),
                    status_help(status, LANG_EN));
}

/* The business clock runs on from clock.now; conf_load has refused it outside development. */
static bool clock_start(const struct conf *conf)
{
    const char *now = conf_text(conf, CONF_CLOCK_NOW);
    int64_t at_us;
    if (!*now)
        return true;
    if (!civil_instant(now, &at_us)) {
        cli_fail("GONGJI_CLOCK_NOW = %s is not an instant such as 2026-10-01T09:00:00+08:00", now);
        return false;
    }
    clock_set_offset_us(at_us - clock_now_us());
    return true;
}

bool cli_conf(struct cli *cli)
{
    const char *why;
    enum log_level level;
    if (!conf_load(cli->config, &cli->conf, &why, cli->arena)) {
        cli_fail("%s", why);
        return false;
    }
    if (log_level_parse(conf_text(cli->conf, CONF_LOG_LEVEL), &level))
        log_set_level(level);
    return clock_start(cli->conf);
}

static bool open_db(struct cli *cli, bool (*open)(const struct conf *, struct db **, const char **, struct arena *),
                    struct db **ret)
{
    const char *why;
    if (!cli_conf(cli))
        return false;
    if (migrate_check(cli->conf, &why, cli->arena) && open(cli->conf, ret, &why, cli->arena))
        return true;
    cli_fail("%s", why);
    return false;
}

bool cli_db(struct cli *cli, struct db **ret)
{
    return open_db(cli, db_open, ret);
}

bool cli_db_owner(struct cli *cli, struct db **ret)
{
    return open_db(cli, db_open_owner, ret);
}

static bool load_ring(const struct cli *cli, enum conf_option option, const char *name, struct key_ring **ret,
                      const char **ret_why)
{
    const char *path = conf_text(cli->conf, option);
    if (*path)
        return key_ring_load(path, ret, ret_why, cli->arena);
    *ret_why = arena_printf(cli->arena, "security.%s is not set: names and ID numbers cannot be sealed", name);
    return false;
}

bool cli_app_open(const struct cli *cli, struct app *ret, const char **ret_why)
{
    *ret = (struct app){ .conf = cli->conf };
    return load_ring(cli, CONF_SECURITY_SEAL_KEYS, "seal_keys", &ret->seal_keys, ret_why) &&
           load_ring(cli, CONF_SECURITY_INDEX_KEYS, "index_keys", &ret->index_keys, ret_why) &&
           migrate_check(cli->conf, ret_why, cli->arena) && db_open(cli->conf, &ret->db, ret_why, cli->arena);
}

void cli_app_close(struct app *app)
{
    db_close(app->db);
    key_ring_free(app->index_keys);
    key_ring_free(app->seal_keys);
}

static const char *context(struct arena *arena)
{
    const struct passwd *user = getpwuid(getuid());
    const char *who = user ? arena_printf(arena, "os:%s", user->pw_name) : arena_printf(arena, "os:%u", getuid());
    char request_id[37];
    id_new(request_id);
    json_t *context = json_pack("{s:s, s:s, s:s, s:s, s:[s], s:s}", "issuer", "command_line", "sub", who, "channel",
                                "command_line", "kind", "staff", "areas", "*", "request_id", request_id);
    if (!context)
        out_of_memory();
    return json_text(arena, json_keep(arena, context));
}

struct db_call *cli_call(struct cli *cli)
{
    struct db_call *call = arena_alloc(cli->arena, sizeof *call);
    *call = (struct db_call){ .arena = cli->arena,
                              .deadline_us = clock_mono_us() + CALL_US,
                              .context = context(cli->arena),
                              .client = "command_line" };
    return call;
}
