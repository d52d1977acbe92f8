#pragma once
/* What the subcommands share: their table and arguments, the way to the database, one line for every failure. */
#include <stdbool.h>

#include <gongji/api/api.h>

/* Exit codes. For `verify` FAILED is a breach, and UNUSABLE also that the proof could not run. */
enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_UNUSABLE = 2 };

struct cli_option {
    const char *name, *argument, *help;
    bool required;
};

struct cli;
struct cli_command {
    const char *name, *arguments, *help; /* one line each */
    int (*run)(struct cli *cli);
    const struct cli_option *options; /* beside --config and --help; ends with { 0 } */
    int least, most;                  /* arguments; most 0: none, -1: any number */
    const char *more;                 /* for --help: what else there is to know */
};

enum { CLI_OPTIONS_MAX = 10 };
struct cli {
    struct arena *arena;
    const struct cli_command *command;
    const char *config;                  /* --config, or NULL */
    const char *values[CLI_OPTIONS_MAX]; /* of command->options, NULL when not given */
    const char **arguments;
    int argument_count;
    struct conf *conf; /* after cli_conf() */
};

const char *cli_value(const struct cli *cli, const char *option); /* NULL when not given */

/* "gongji: …" on standard error. Gives CLI_FAILED. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with a hint at --help. Gives CLI_UNUSABLE. */
int cli_misused(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "gongji: SUBJECT: CODE: what it means" */
int cli_fail_status(const char *subject, enum status status);

/* Each false after its failure was told. The configuration with its log level and clock; with it a database whose
 * schema is the right one. */
bool cli_conf(struct cli *cli);
bool cli_db(struct cli *cli, struct db **ret);
bool cli_db_owner(struct cli *cli, struct db **ret); /* the same as who owns the schema */
/* What handlers share: key rings and a database whose schema is the right one. Close it also after a failure. */
bool cli_app_open(const struct cli *cli, struct app *ret, const char **ret_why);
void cli_app_close(struct app *app);
/* A call by the operator of this machine: staff of all areas, "os:USER" in the audit. */
struct db_call *cli_call(struct cli *cli);

int cli_serve(struct cli *cli);
int cli_migrate(struct cli *cli);
int cli_import(struct cli *cli);
int cli_policy(struct cli *cli);
int cli_token(struct cli *cli);
int cli_verify(struct cli *cli);
int cli_version(struct cli *cli);
