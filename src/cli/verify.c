/* gongji verify: the ledger proof, as an operator runs it after a restore or from a timer. */
#include "cli.h"

#include <stdio.h>

#include <gongji/base/log.h>

static void print_check(const json_t *check)
{
    const char *detail = json_string_value(json_object_get(check, "detail"));
    printf("%-6s  %s%s%s\n", json_is_true(json_object_get(check, "ok")) ? "ok" : "BREACH",
           json_string_value(json_object_get(check, "name")), detail && *detail ? ": " : "", detail ? detail : "");
}

static void print_people(const json_t *blocked, const char *name, const char *says)
{
    size_t i;
    json_t *person;
    json_array_foreach(json_object_get(blocked, name), i, person)
        printf("%-8s person %s: %s\n", name, json_string_value(person), says);
}

static int print_proof(const json_t *proof)
{
    size_t i;
    json_t *check;
    json_array_foreach(json_object_get(proof, "checks"), i, check)
        print_check(check);
    if (json_is_true(json_object_get(proof, "ok")))
        return CLI_DONE;
    return cli_fail("the ledger does not prove: see the lines marked BREACH");
}

int cli_verify(struct cli *cli)
{
    struct db *db;
    struct outcome out = { .code = ST_OK };
    if (!cli_db(cli, &db))
        return CLI_UNUSABLE;
    enum status status = db_run_long(db, cli_call(cli), QUERY_LEDGER_PROOF, NULL, 0, &out);
    if (status == ST_OK)
        status = out.code;
    struct outcome marked = { .code = ST_OK };
    if (status == ST_OK && cli_value(cli, "block"))
        status = db_run_long(db, cli_call(cli), QUERY_LEDGER_BLOCK, NULL, 0, &marked);
    int code = status == ST_OK ? print_proof(out.result) : CLI_UNUSABLE;
    print_people(marked.result, "blocked", "gives nothing to relatives until a proof passes over it");
    print_people(marked.result, "released", "the proof passes over it again");
    if (status != ST_OK)
        cli_fail_status("the proof did not run", status);
    db_close(db);
    return code;
}
