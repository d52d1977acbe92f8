/* The import engine: CSV lines become records, and chunks of records one call each. A bad line is told and left out. */
#include <gongji/api/import.h>

#include <string.h>

#include <gongji/base/clock.h>
#include <gongji/base/csv.h>
#include <gongji/db/people.h>

enum { CHUNK_LINES = 500, ERRORS_MAX = 1000, BLOCK_BYTES = 16384 };
static const int64_t CHUNK_US = INT64_C(600) * 1000000; /* with the wait for other long jobs */

struct kind {
    const char *name;
    record_fields *fields;
    record_write *write;
    enum query query;
    const char *aliases[5]; /* other names of columns, each before the field it means */
};
/* clang-format off */
static const struct kind KINDS[] = {
    { "persons",       person_fields,       person_record,       QUERY_PERSON_IMPORT },
    { "contributions", contribution_fields, contribution_record, QUERY_CONTRIBUTION_IMPORT },
    { "enrollments",   enrollment_fields,   enrollment_record,   QUERY_ENROLLMENT_IMPORT },
    { "relations",     relation_fields,     relation_record,     QUERY_RELATION_IMPORT, { "grantor_id", "person_id", "beneficiary_id", "relative_id" } },
    { "institutions",  institution_fields,  institution_record,  QUERY_INSTITUTION_IMPORT },
};
/* clang-format on */

struct import {
    struct app *app;
    const struct db_call *call;
    const struct kind *kind;
    struct csv *csv;
    size_t columns[CSV_CELLS], column_count; /* field of each column */
    int64_t accepted, rejected;
    json_t *errors;
};

struct line {
    int64_t number;
    json_t *record;     /* NULL: refused before the database saw it */
    enum status status; /* what became of it */
    const char *detail; /* when refused */
};

struct chunk {
    struct arena *arena;
    struct line lines[CHUNK_LINES];
    size_t count;
};

/* --- what is looked at before anything is written --- */

/* Where a character may be cut in two by the end of a block. */
static size_t whole_characters(const char *bytes, size_t length)
{
    size_t at = length;
    while (at > 0 && length - at < 3 && ((unsigned char)bytes[at - 1] & 0xC0) == 0x80)
        at--;
    return at > 0 && (unsigned char)bytes[at - 1] >= 0xC0 ? at - 1 : length;
}

static bool file_is_utf8(FILE *in)
{
    char block[BLOCK_BYTES];
    size_t kept = 0;
    for (size_t count; (count = fread(block + kept, 1, sizeof(block) - kept, in)) > 0;) {
        size_t length = kept + count, whole = whole_characters(block, length);
        if (!utf8_valid((struct str){ block, whole }))
            return false;
        kept = length - whole;
        memmove(block, block + whole, kept);
    }
    return utf8_valid((struct str){ block, kept });
}

static const struct kind *kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(*KINDS); i++)
        if (text_equal(KINDS[i].name, name))
            return &KINDS[i];
    return NULL;
}

bool import_kind_known(const char *kind)
{
    return kind_find(kind) != NULL;
}

static size_t field_find(const struct field *fields, const char *name)
{
    size_t i = 0;
    while (fields[i].name && strcmp(fields[i].name, name) != 0)
        i++;
    return i;
}

static const char *alias_resolve(const struct kind *kind, const char *name)
{
    for (size_t i = 0; kind->aliases[i]; i += 2)
        if (strcmp(kind->aliases[i], name) == 0)
            return kind->aliases[i + 1];
    return name;
}

/* The header row names each required field once, optional ones at most once, and nothing else, in any order. A name that is not
 * known is not repeated to the caller: in a file without a header row it is somebody's. */
static void header_map(struct import *import, struct faults *faults, const struct csv_row *row)
{
    struct record unused;
    struct field fields[RECORD_FIELDS];
    bool seen[RECORD_FIELDS] = { false };
    import->kind->fields(&unused, fields);
    import->column_count = row->count;
    for (size_t i = 0; i < row->count; i++) {
        size_t field = import->columns[i] = field_find(fields, alias_resolve(import->kind, row->cells[i]));
        if (!fields[field].name)
            fault_add(faults, arena_printf(faults->arena, "/columns/%zu", i), "unknown_member",
                      "column %zu has a name that is not known here", i + 1);
        else if (seen[field])
            fault_add(faults, arena_printf(faults->arena, "/columns/%zu", i), "duplicate_member",
                      "column %zu is %s again", i + 1, fields[field].name);
        seen[field] = true;
    }
    for (size_t i = 0; fields[i].name; i++)
        if (!seen[i] && !fields[i].optional)
            fault_add(faults, arena_printf(faults->arena, "/%s", fields[i].name), "missing", "there is no column %s",
                      fields[i].name);
}

static void header_read(struct import *import, struct faults *faults)
{
    struct csv_row row;
    enum csv_what what = csv_next(import->csv, faults->arena, &row);
    if (what == CSV_ROW)
        header_map(import, faults, &row);
    else
        fault_add(faults, "", "malformed", "the header row %s", what == CSV_BAD ? row.why : "is missing");
}

static void file_check(struct import *import, const char *kind, FILE *in, struct faults *faults)
{
    import->kind = kind_find(kind);
    if (!import->kind) {
        fault_add(faults, "/kind", "not_allowed",
                  "must be one of: persons contributions enrollments relations institutions");
        return;
    }
    rewind(in);
    if (!file_is_utf8(in)) {
        fault_add(faults, "", "bad_format", "is not UTF-8 text");
        return;
    }
    rewind(in);
    header_read(import, faults);
}

static json_t *fault_list(struct arena *arena, const struct faults *faults)
{
    json_t *list = json_keep(arena, json_array());
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "pointer", fault->pointer, "code", fault->code,
                                              "detail", fault->detail));
    return list;
}

/* --- a line --- */

/* What a cell says as JSON, so that columns are judged by the same table as members of a body; text that is no number or truth stays text. */
static json_t *cell_value(const char *cell, enum field_kind kind)
{
    int64_t number;
    if (kind == FIELD_INT && parse_int64(cell, &number))
        return json_integer(number);
    if (kind == FIELD_BOOL && (strcmp(cell, "true") == 0 || strcmp(cell, "false") == 0))
        return json_boolean(*cell == 't');
    return json_string(cell);
}

/* An empty cell is an absent member. */
static json_t *row_object(const struct import *import, struct arena *arena, const struct csv_row *row,
                          const struct field *fields)
{
    json_t *object = json_keep(arena, json_object());
    for (size_t i = 0; i < row->count; i++) {
        const struct field *field = &fields[import->columns[i]];
        if (*row->cells[i])
            json_object_set_new(object, field->name, cell_value(row->cells[i], field->kind));
    }
    return object;
}

static const char *faults_text(const struct faults *faults)
{
    struct buf text = buf_new(faults->arena);
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        buf_printf(&text, "%s%s %s", text.length ? "; " : "", fault->pointer, fault->detail);
    return buf_text(&text);
}

static void line_read(struct import *import, struct arena *arena, const struct csv_row *row, struct line *line)
{
    struct faults faults = { .arena = arena };
    struct record in = { 0 };
    struct field fields[RECORD_FIELDS];
    if (row->count != import->column_count) {
        line->detail = arena_printf(arena, "has %zu fields, the header row %zu", row->count, import->column_count);
        return;
    }
    import->kind->fields(&in, fields);
    json_fields(&faults, row_object(import, arena, row, fields), fields);
    line->status = import->kind->write(import->app, &faults, &in, &line->record);
    line->detail = faults_text(&faults);
}

/* --- a chunk --- */

static void chunk_read(struct import *import, struct chunk *chunk)
{
    struct csv_row row;
    for (enum csv_what what;
         chunk->count < CHUNK_LINES && (what = csv_next(import->csv, chunk->arena, &row)) != CSV_END;) {
        struct line *line = &chunk->lines[chunk->count++];
        *line = (struct line){ .number = row.line, .status = ST_VALIDATION_FAILED, .detail = row.why };
        if (what == CSV_ROW)
            line_read(import, chunk->arena, &row, line);
    }
}

static enum status answer_take(struct arena *arena, const json_t *answer, struct line *line)
{
    const char *pointer = json_string_value(json_object_get(json_object_get(answer, "extras"), "pointer"));
    const char *code = json_string_value(json_object_get(answer, "code"));
    if (!code || !status_from_code(code, &line->status))
        return ST_INTERNAL_ERROR;
    if (pointer)
        line->detail = arena_printf(arena, "%s %s", pointer, contribution_fault(pointer));
    return ST_OK;
}

static enum status lines_call(struct import *import, struct arena *arena, struct line **lines, size_t count)
{
    struct db_call call = *import->call;
    struct outcome out;
    json_t *records = json_keep(arena, json_array());
    call.arena = arena;
    call.deadline_us = clock_mono_us() + CHUNK_US;
    for (size_t i = 0; i < count; i++)
        json_array_append(records, lines[i]->record);
    TRY(db_import(import->app->db, &call, import->kind->query, json_text(arena, records), &out));
    if (json_array_size(out.result) != count)
        return ST_INTERNAL_ERROR;
    for (size_t i = 0; i < count; i++)
        TRY(answer_take(arena, json_array_get(out.result, i), lines[i]));
    return ST_OK;
}

/* A defect undoes its whole chunk: halved, the line that raises it ends alone and the rest is written. */
static enum status lines_write(struct import *import, struct arena *arena, struct line **lines, size_t count)
{
    if (count == 0)
        return ST_OK;
    enum status status = lines_call(import, arena, lines, count);
    if (status != ST_INTERNAL_ERROR)
        return status;
    if (count > 1) {
        TRY(lines_write(import, arena, lines, count / 2));
        return lines_write(import, arena, lines + count / 2, count - count / 2);
    }
    lines[0]->status = ST_INTERNAL_ERROR;
    return ST_OK;
}

static enum status chunk_write(struct import *import, struct chunk *chunk)
{
    struct line *lines[CHUNK_LINES];
    size_t count = 0;
    for (size_t i = 0; i < chunk->count; i++)
        if (chunk->lines[i].status == ST_OK)
            lines[count++] = &chunk->lines[i];
    return lines_write(import, chunk->arena, lines, count);
}

static void line_tell(struct import *import, const struct line *line)
{
    if (status_succeeded(line->status)) {
        import->accepted++;
        return;
    }
    if (import->rejected++ >= ERRORS_MAX)
        return;
    const char *detail = line->detail && *line->detail ? line->detail : status_title(line->status, LANG_EN);
    json_array_append_new(import->errors, json_pack("{s:I, s:s, s:s}", "line", (json_int_t)line->number, "code",
                                                    status_code(line->status), "detail", detail));
}

static enum status chunk_next(struct import *import, int64_t *lines)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    struct chunk *chunk = arena_alloc(arena, sizeof(*chunk));
    chunk->arena = arena;
    chunk_read(import, chunk);
    TRY(chunk_write(import, chunk));
    for (size_t i = 0; i < chunk->count; i++)
        line_tell(import, &chunk->lines[i]);
    *lines = (int64_t)chunk->count;
    return ST_OK;
}

static enum status lines_import(struct import *import, void (*progress)(int64_t lines))
{
    int64_t done = 0, lines;
    for (;;) {
        if (import->app->draining && import->app->draining())
            return ST_SERVICE_DRAINING; /* what is written stays, and is found so when the file comes again */
        TRY(chunk_next(import, &lines));
        if (lines == 0)
            return ST_OK;
        if (progress)
            progress(done += lines);
    }
}

/* --- the whole --- */

enum status import_run(struct app *app, const struct db_call *call, const char *kind, FILE *in, json_t **ret_report,
                       void (*progress)(int64_t lines))
{
    CLEANUP(csv_freep) struct csv *csv = csv_new(in);
    struct arena *arena = call->arena;
    struct faults faults = { .arena = arena };
    struct import import = { .app = app, .call = call, .csv = csv, .errors = json_keep(arena, json_array()) };
    file_check(&import, kind, in, &faults);
    if (faults.count > 0) {
        *ret_report = fault_list(arena, &faults);
        return ST_VALIDATION_FAILED;
    }
    TRY(lines_import(&import, progress));
    if (ferror(in))
        return ST_INTERNAL_ERROR;
    *ret_report = json_keep(arena, json_pack("{s:I, s:I, s:O, s:b}", "accepted", (json_int_t)import.accepted,
                                             "rejected", (json_int_t)import.rejected, "errors", import.errors,
                                             "errors_truncated", import.rejected > ERRORS_MAX));
    return ST_OK;
}
