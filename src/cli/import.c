/* gongji import KIND FILE: a CSV file into the register. */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gongji/api/import.h>

static void show_progress(int64_t lines)
{
    fprintf(stderr, "\r%lld lines", (long long)lines);
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

/* Read more than once, so no pipe. */
static FILE *open_regular(const char *path)
{
    struct stat about;
    FILE *file = fopen(path, "re");
    if (!file) {
        cli_fail("%s: %s", path, strerror(errno));
    } else if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
        cli_fail("%s: is not a regular file", path);
        close_file(&file);
        file = NULL;
    }
    return file;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static int tell_faults(const char *path, const json_t *faults)
{
    size_t i;
    json_t *fault;
    json_array_foreach((json_t *)(uintptr_t)faults, i, fault) /* jansson's iterators take no const */
        cli_fail("%s: %s", path, text_of(fault, "detail"));
    return CLI_FAILED;
}

static int tell_report(const char *path, const json_t *report)
{
    size_t i;
    json_t *error;
    json_array_foreach(json_object_get(report, "errors"), i, error)
        cli_fail("%s: line %lld: %s%s%s", path, (long long)number_of(error, "line"), text_of(error, "code"),
                 *text_of(error, "detail") ? ": " : "", text_of(error, "detail"));
    if (json_is_true(json_object_get(report, "errors_truncated")))
        cli_fail("%s: and more", path);
    printf("accepted %lld, rejected %lld\n", (long long)number_of(report, "accepted"),
           (long long)number_of(report, "rejected"));
    return number_of(report, "rejected") == 0 ? CLI_DONE : CLI_FAILED;
}

static int import_into(struct cli *cli, struct app *app, FILE *file)
{
    const char *kind = cli->arguments[0], *path = cli->arguments[1];
    bool watched = isatty(STDERR_FILENO);
    json_t *report = NULL;
    enum status status = import_run(app, cli_call(cli), kind, file, &report, watched ? show_progress : NULL);
    if (watched)
        fputc('\n', stderr);
    if (status == ST_OK)
        return tell_report(path, report);
    return report ? tell_faults(path, report) : cli_fail_status(path, status);
}

int cli_import(struct cli *cli)
{
    if (!import_kind_known(cli->arguments[0]))
        return cli_misused(cli, "there is no import %s", cli->arguments[0]);
    FILE *file CLEANUP(close_file) = open_regular(cli->arguments[1]);
    struct app app = { 0 };
    const char *why;
    if (!file || !cli_conf(cli))
        return CLI_FAILED;
    int code = cli_app_open(cli, &app, &why) ? import_into(cli, &app, file) : cli_fail("%s", why);
    cli_app_close(&app);
    return code;
}
