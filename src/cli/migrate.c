/* gongji migrate: the database's schema, brought up to this program. */
#include "cli.h"

#include <stdio.h>

#include <gongji/db/migrate.h>

int cli_migrate(struct cli *cli)
{
    const char *why;
    if (!cli_conf(cli))
        return CLI_FAILED;
    if (!migrate_run(cli->conf, &why, cli->arena))
        return cli_fail("%s", why);
    puts("the schema is up to date");
    return CLI_DONE;
}
