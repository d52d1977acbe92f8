/* The program: a table of subcommands, and how a command line finds its row. */
#include <stdio.h>
#include <string.h>

#include <gongji/base/version.h>

#include "cli/cli.h"

/* clang-format off */
static const struct cli_option NONE[] = { { 0 } };
static const struct cli_option VERIFY_OPTIONS[] = {
    { "block", "", "stop sharing by accounts that the proof names, and by no others", false },
    { 0 } };
static const struct cli_option TOKEN_OPTIONS[] = {
    { "issuer", "NAME",   "the [issuer NAME] of the configuration that signs", true },
    { "sub",    "ID",     "who calls: a person_id, an operator id, an institution code", true },
    { "scope",  "SCOPES", "what the caller may do, separated by blanks: \"family account premium\"", true },
    { "act",    "ID",     "who really operates, for the caller (RFC 8693)", false },
    { "client", "ID",     "the claim client_id", false },
    { "terminal", "ID",   "the claim terminal_id: at which counter or device", false },
    { "sighted", "",      "the claim id_sighted: the ID document is in the clerk's hand", false },
    { "areas",  "CODES",  "areas of staff, separated by commas; * for all", false },
    { "person", "ID",     "the person_id of an operator who is insured", false },
    { "ttl",    "TIME",   "lifetime: 90s, 15m, 1h (the default), 7d", false },
    { 0 } };

static const struct cli_command COMMANDS[] = {
    { "serve",   "",               "run the server until SIGTERM or SIGINT",               cli_serve,   NONE, 0, 0,
      "SIGHUP reads the issuers and keys again. SIGTERM and SIGINT wait for requests in flight, a second one does not.\n"
      "Exit code: 0 after a graceful end, 1 when it could not start." },
    { "migrate", "",               "bring the database's schema up to this program",       cli_migrate, NONE, 0, 0,
      "Safe to run twice and from two processes at once.\n"
      "Exit code: 0 when the schema is up to date, 1 when it could not be brought there." },
    { "import",  "KIND FILE",      "load a CSV file: persons, contributions, enrollments, relations, institutions", cli_import,  NONE, 2, 2,
      "The header row names the columns as in POST /v1/imports. A bad line never stops the rest.\n"
      "Exit code: 0 when every line was accepted, 1 when lines were rejected or the file was not read." },
    { "policy",  "apply FILE…",    "load policies, premium standards, products and area links", cli_policy,  NONE, 2, -1,
      "FILE is written as those of config/policies, config/premium-standards and config/products. All are checked\n"
      "before the first is loaded; what stands already is left alone, so applying twice changes nothing.\n"
      "Exit code: 0 when all is in force, 1 when a file is faulty or was refused." },
    { "token",   "",               "sign a token for trying things out (development)", cli_token,   TOKEN_OPTIONS, 0, 0,
      "Exit code: 0 with the token on standard output, 1 when it cannot be signed." },
    { "verify",  "",               "prove the ledger: every sum, balance and history",     cli_verify,  VERIFY_OPTIONS, 0, 0,
      "With --block a named account gives nothing to relatives until such a proof passes over it: run it nightly.\n"
      "Exit code: 0 when every check holds, 1 on a breach, 2 when the proof could not run." },
    { "version", "",               "print the version",                                    cli_version, NONE, 0, 0,
      "Exit code: 0." },
};
/* clang-format on */
enum { COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS };

int cli_version(struct cli *cli)
{
    (void)cli;
    puts("gongji " GONGJI_VERSION);
    return CLI_DONE;
}

/* --- help --- */

static int help_all(void)
{
    puts("gongji: family mutual aid of medical insurance accounts\n\nUsage: gongji COMMAND [OPTIONS]\n\nCommands:");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        int pad = 22 - (int)strlen(COMMANDS[i].name) - (int)strlen(COMMANDS[i].arguments) +
                  (strstr(COMMANDS[i].arguments, "…") ? 2 : 0);
        printf("  %s %s%*s%s\n", COMMANDS[i].name, COMMANDS[i].arguments, pad, "", COMMANDS[i].help);
    }
    puts(
        "\n`gongji COMMAND --help` tells more. Every command takes --config FILE; without it $GONGJI_CONFIG, "
        "var/gongji.ini and\n"
        "/etc/gongji/gongji.ini are tried. GONGJI_SECTION_KEY in the environment overrides [section] key of the file.\n"
        "Exit codes: 0 done, 1 failed, 2 wrong use (of verify also: the proof could not run).");
    return CLI_DONE;
}

static int help_command(const struct cli_command *command)
{
    printf("gongji %s: %s\n\nUsage: gongji %s %s%s[OPTIONS]\n\nOptions:\n", command->name, command->help, command->name,
           command->arguments, *command->arguments ? " " : "");
    for (const struct cli_option *option = command->options; option->name; option++) {
        int pad = 16 - (int)strlen(option->name) - (int)strlen(option->argument);
        printf("  --%s %s%*s%s%s\n", option->name, option->argument, pad, "", option->help,
               option->required ? " (required)" : "");
    }
    printf("  --config FILE      the configuration file\n  --help             this text\n\n%s\n", command->more);
    return CLI_DONE;
}

/* --- reading the command line --- */

struct words {
    int count, at;
    char **list;
};

static const char **option_place(struct cli *cli, const char *name, size_t length, bool *ret_flag)
{
    *ret_flag = false;
    if (length == strlen("config") && strncmp(name, "config", length) == 0)
        return &cli->config;
    for (size_t i = 0; cli->command && cli->command->options[i].name; i++)
        if (strlen(cli->command->options[i].name) == length &&
            strncmp(cli->command->options[i].name, name, length) == 0) {
            *ret_flag = *cli->command->options[i].argument == '\0';
            return &cli->values[i];
        }
    return NULL;
}

/* "--name value", "--name=value", or of an option without an argument "--name". */
static int read_option(struct cli *cli, struct words *words)
{
    const char *name = words->list[words->at++] + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    bool flag;
    const char **place = option_place(cli, name, length, &flag);
    if (!place)
        return cli_misused(cli, "there is no option --%.*s", (int)length, name);
    if (flag && equals)
        return cli_misused(cli, "--%.*s takes no value", (int)length, name);
    if (flag) {
        *place = name;
        return CLI_DONE;
    }
    if (!equals && words->at == words->count)
        return cli_misused(cli, "--%s needs a value", name);
    *place = equals ? equals + 1 : words->list[words->at++];
    return CLI_DONE;
}

static int read_command(struct cli *cli, const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT && !cli->command; i++)
        if (strcmp(COMMANDS[i].name, name) == 0)
            cli->command = &COMMANDS[i];
    return cli->command ? CLI_DONE : cli_misused(cli, "there is no command %s", name);
}

static int read_words(struct cli *cli, struct words *words)
{
    bool options = true; /* until "--" */
    int code = CLI_DONE;
    while (words->at < words->count && code == CLI_DONE) {
        const char *word = words->list[words->at];
        if (options && strcmp(word, "--") == 0) {
            options = false;
            words->at++;
        } else if (options && strncmp(word, "--", 2) == 0) {
            code = read_option(cli, words);
        } else if (!cli->command) {
            code = read_command(cli, word);
            words->at++;
        } else {
            cli->arguments[cli->argument_count++] = word;
            words->at++;
        }
    }
    return code;
}

static int check_words(const struct cli *cli)
{
    const struct cli_command *command = cli->command;
    if (!command)
        return cli_misused(cli, "which command?");
    if (cli->argument_count < command->least)
        return cli_misused(cli, "%s needs %s", command->name, command->arguments);
    if (command->most >= 0 && cli->argument_count > command->most)
        return cli_misused(cli, "%s does not take %s", command->name, cli->arguments[command->most]);
    for (size_t i = 0; command->options[i].name; i++)
        if (command->options[i].required && !cli->values[i])
            return cli_misused(cli, "%s needs --%s %s", command->name, command->options[i].name,
                               command->options[i].argument);
    return CLI_DONE;
}

static bool asks_for(const struct words *words, const char *option)
{
    for (int i = 1; i < words->count && strcmp(words->list[i], "--") != 0; i++)
        if (strcmp(words->list[i], option) == 0)
            return true;
    return false;
}

static int help(struct cli *cli, const struct words *words)
{
    for (int i = 1; i < words->count && !cli->command; i++)
        for (size_t c = 0; c < COMMAND_COUNT; c++)
            if (strcmp(words->list[i], COMMANDS[c].name) == 0)
                cli->command = &COMMANDS[c];
    return cli->command ? help_command(cli->command) : help_all();
}

static int run(struct cli *cli, struct words *words)
{
    if (asks_for(words, "--help") || (words->count > 1 && strcmp(words->list[1], "help") == 0))
        return help(cli, words);
    if (words->count == 2 && strcmp(words->list[1], "--version") == 0)
        return cli_version(cli);
    int code = read_words(cli, words);
    if (code == CLI_DONE)
        code = check_words(cli);
    return code == CLI_DONE ? cli->command->run(cli) : code;
}

int main(int argc, char **argv)
{
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct cli cli = { .arena = arena, .arguments = arena_alloc(arena, sizeof(char *) * (size_t)(argc + 1)) };
    struct words words = { .count = argc, .at = 1, .list = argv };
    int code = run(&cli, &words);
    conf_free(cli.conf);
    if (fflush(stdout) != 0 && code == CLI_DONE) /* a full disk behind it */
        return cli_fail("standard output cannot be written");
    return code;
}
