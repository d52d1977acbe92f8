/* gongji policy apply FILE…: policies, premium standards, products and area links, all checked before the first is loaded. */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <gongji/api/policy_fields.h>
#include <gongji/db/policies.h>
#include <gongji/domain/area.h>

enum { FILE_BYTES_MAX = 4 * 1024 * 1024, PIECE_BYTES = 16 * 1024 };

struct document {
    const char *path;
    json_t *json;
    const char *area;
    json_t *rows;                    /* of a policy file */
    struct premium_standard_key key; /* of a premium standard, what has no list */
    struct product_put *products;
    struct area_link_put *links;
    size_t count; /* of products or links */
};

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static bool read_text(struct arena *arena, const char *path, struct str *ret)
{
    struct buf text = buf_new(arena);
    char piece[PIECE_BYTES];
    FILE *file CLEANUP(close_file) = fopen(path, "re");
    for (size_t got = 1; file && got > 0 && text.length <= FILE_BYTES_MAX; buf_append_n(&text, piece, got))
        got = fread(piece, 1, sizeof piece, file);
    if (!file || ferror(file)) {
        cli_fail("%s: %s", path, strerror(errno));
        return false;
    }
    if (text.length > FILE_BYTES_MAX) {
        cli_fail("%s: larger than %d bytes", path, FILE_BYTES_MAX);
        return false;
    }
    *ret = (struct str){ buf_text(&text), text.length };
    return true;
}

/* --- checking --- */

static void check_rows(struct faults *faults, const json_t *rows)
{
    const struct field *fields = policy_fields(faults->arena, (struct field[]){ { "valid_from", FIELD_DATE }, { 0 } });
    const char *before = "", *valid_from;
    if (json_array_size(rows) == 0)
        fault_add(faults, "/rows", "wrong_type", "must be an array of rows");
    for (size_t i = 0; i < json_array_size(rows); i++, before = valid_from) {
        const json_t *row = json_array_get(rows, i);
        const char *pointer = arena_printf(faults->arena, "/rows/%zu", i);
        json_fields_at(faults, pointer, row, fields);
        policy_check(faults, pointer, row);
        valid_from = json_string_value(json_object_get(row, "valid_from"));
        valid_from = valid_from ? valid_from : before;
        if (i > 0 && strcmp(before, valid_from) >= 0) /* YYYY-MM-DD sorts as text */
            fault_add(faults, arena_printf(faults->arena, "%s/valid_from", pointer), "out_of_range",
                      "must be after the row above");
    }
}

static void check_policy(struct faults *faults, struct document *document)
{
    /* clang-format off */
    json_fields(faults, document->json, (struct field[]){
        { "area", FIELD_TEXT, .ret = &document->area, .check = area_code_valid },
        { "rows", FIELD_JSON, .ret = &document->rows },
        { 0 } });
    /* clang-format on */
    check_rows(faults, document->rows);
}

static void check_standard(struct faults *faults, struct document *document)
{
    struct premium_standard_key *key = &document->key;
    /* clang-format off */
    const struct field beside[] = {
        { "area",         FIELD_TEXT, .ret = &key->area, .check = area_code_valid },
        { "benefit_year", FIELD_INT,  .ret = &key->benefit_year, .min = BENEFIT_YEAR_MIN, .max = BENEFIT_YEAR_MAX },
        { "product",      FIELD_TEXT, .ret = &key->product, .check = product_valid },
        { 0 } };
    /* clang-format on */
    json_fields(faults, document->json, premium_standard_fields(faults->arena, beside));
    premium_standard_check(faults, "", document->json);
}

/* The items of a file's list, with room for `size` bytes each; none when it is no list. */
static void *room_for_items(struct faults *faults, const char *name, const json_t *items, size_t size, size_t *ret)
{
    *ret = json_array_size(items);
    if (*ret == 0)
        fault_add(faults, arena_printf(faults->arena, "/%s", name), "wrong_type", "must be an array with items");
    return arena_alloc(faults->arena, (*ret + 1) * size);
}

static void check_products(struct faults *faults, struct document *document)
{
    json_t *items = NULL;
    /* clang-format off */
    json_fields(faults, document->json, (struct field[]){
        { "area",     FIELD_TEXT, .ret = &document->area, .check = area_code_valid },
        { "products", FIELD_JSON, .ret = &items },
        { 0 } });
    /* clang-format on */
    document->products = room_for_items(faults, "products", items, sizeof *document->products, &document->count);
    for (size_t i = 0; i < document->count; i++) {
        struct product_put *in = &document->products[i];
        const char *pointer = arena_printf(faults->arena, "/products/%zu", i);
        const struct field beside[] = { { "product", FIELD_TEXT, .ret = &in->key.product, .check = product_valid },
                                        { 0 } };
        *in = (struct product_put){ .key.area = document->area };
        json_fields_at(faults, pointer, json_array_get(items, i), product_fields(faults->arena, in, beside));
        product_check(faults, pointer, in);
    }
}

static void check_links(struct faults *faults, struct document *document)
{
    json_t *items = NULL;
    json_fields(faults, document->json, (struct field[]){ { "links", FIELD_JSON, .ret = &items }, { 0 } });
    document->links = room_for_items(faults, "links", items, sizeof *document->links, &document->count);
    for (size_t i = 0; i < document->count; i++) {
        struct area_link_put *in = &document->links[i];
        const char *pointer = arena_printf(faults->arena, "/links/%zu", i);
        /* clang-format off */
        const struct field beside[] = {
            { "grantor_area",     FIELD_TEXT, .ret = &in->key.grantor_area,     .check = area_code_valid },
            { "beneficiary_area", FIELD_TEXT, .ret = &in->key.beneficiary_area, .check = area_code_valid },
            { "valid_from",       FIELD_DATE, .ret = &in->key.valid_from },
            { 0 } };
        /* clang-format on */
        *in = (struct area_link_put){ 0 };
        json_fields_at(faults, pointer, json_array_get(items, i), area_link_fields(faults->arena, in, beside));
        area_link_check(faults, pointer, in);
    }
}

static void check_document(struct faults *faults, struct document *document)
{
    if (json_object_get(document->json, "rows"))
        check_policy(faults, document);
    else if (json_object_get(document->json, "products"))
        check_products(faults, document);
    else if (json_object_get(document->json, "links"))
        check_links(faults, document);
    else if (json_object_get(document->json, "benefit_year"))
        check_standard(faults, document);
    else
        fault_add(
            faults, "", "missing",
            "has neither \"rows\" (a policy) nor \"benefit_year\" (a premium standard), \"products\" nor \"links\"");
}

static bool read_document(struct arena *arena, const char *path, struct document *ret)
{
    struct faults faults = { .arena = arena };
    struct str text;
    if (!read_text(arena, path, &text))
        return false;
    *ret = (struct document){ .path = path, .json = json_read(&faults, text) };
    if (ret->json)
        check_document(&faults, ret);
    for (const struct fault *fault = faults.first; fault; fault = fault->next)
        cli_fail("%s: %s%s%s", path, fault->pointer, *fault->pointer ? ": " : "", fault->detail);
    return faults.count == 0;
}

/* --- loading --- */

static enum status load_policy(struct cli *cli, struct db *db, const struct document *document, struct outcome *ret)
{
    struct policy_load in = { .area = document->area, .rows = json_text(cli->arena, document->rows) };
    TRY(db_policy_load(db, cli_call(cli), &in, ret));
    if (ret->code == ST_OK)
        printf("policy %s: %lld rows, %lld of them new\n", in.area,
               json_integer_value(json_object_get(ret->result, "rows")),
               json_integer_value(json_object_get(ret->result, "added")));
    return ST_OK;
}

static enum status load_standard(struct cli *cli, struct db *db, const struct document *document, struct outcome *ret)
{
    const struct premium_standard_key *key = &document->key;
    json_t *body = json_keep(cli->arena, json_copy(document->json));
    static const char *const KEY[] = { "area", "benefit_year", "product" };
    for (size_t i = 0; i < sizeof KEY / sizeof *KEY; i++)
        json_object_del(body, KEY[i]);
    TRY(db_premium_standard_put(db, cli_call(cli), key, json_text(cli->arena, body), ret));
    if (status_succeeded(ret->code))
        printf("premium standard %s %lld %s: version %lld\n", key->area, (long long)key->benefit_year, key->product,
               json_integer_value(json_object_get(ret->result, "version")));
    return ST_OK;
}

static enum status load_products(struct cli *cli, struct db *db, const struct document *document, struct outcome *ret)
{
    for (size_t i = 0; i < document->count; i++) {
        const struct product_put *in = &document->products[i];
        TRY(db_product_put(db, cli_call(cli), in, ret));
        if (!status_succeeded(ret->code))
            return ST_OK;
        printf("product %s %s: %s\n", in->key.area, in->key.product, in->use);
    }
    return ST_OK;
}

static enum status load_links(struct cli *cli, struct db *db, const struct document *document, struct outcome *ret)
{
    for (size_t i = 0; i < document->count; i++) {
        const struct area_link_put *in = &document->links[i];
        TRY(db_area_link_put(db, cli_call(cli), in, ret));
        if (!status_succeeded(ret->code))
            return ST_OK;
        printf("area link %s to %s from %s\n", in->key.grantor_area, in->key.beneficiary_area, in->key.valid_from);
    }
    return ST_OK;
}

static enum status load(struct cli *cli, struct db *db, const struct document *document, struct outcome *ret)
{
    if (document->rows)
        return load_policy(cli, db, document, ret);
    if (document->products)
        return load_products(cli, db, document, ret);
    if (document->links)
        return load_links(cli, db, document, ret);
    return load_standard(cli, db, document, ret);
}

static bool load_document(struct cli *cli, struct db *db, const struct document *document)
{
    struct outcome out = { .code = ST_OK };
    enum status status = load(cli, db, document, &out);
    if (status == ST_OK)
        status = out.code;
    if (!status_succeeded(status))
        cli_fail_status(document->path, status);
    return status_succeeded(status);
}

int cli_policy(struct cli *cli)
{
    size_t count = (size_t)cli->argument_count - 1;
    struct document *documents = arena_alloc(cli->arena, count * sizeof *documents);
    bool fine = true;
    struct db *db;
    if (strcmp(cli->arguments[0], "apply") != 0)
        return cli_misused(cli, "there is no policy %s", cli->arguments[0]);
    for (size_t i = 0; i < count; i++)
        fine = read_document(cli->arena, cli->arguments[i + 1], &documents[i]) && fine;
    if (!fine || !cli_db_owner(cli, &db))
        return CLI_FAILED;
    for (size_t i = 0; i < count; i++)
        fine = load_document(cli, db, &documents[i]) && fine;
    db_close(db);
    return fine ? CLI_DONE : CLI_FAILED;
}
