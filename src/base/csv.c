/* A row is parsed over a window of the file. Whatever goes wrong in it, the window still holds its first line's end. */
#include <gongji/base/csv.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gongji/base/str.h>

enum { WINDOW_BYTES = 2 * CSV_ROW_BYTES };

struct csv {
    FILE *in;
    bool ended;        /* the window holds the last of the file */
    int64_t line;      /* of the byte at `at` */
    size_t at, length; /* in the window */
    char window[WINDOW_BYTES];
};

struct csv *csv_new(FILE *in)
{
    struct csv *csv = calloc(1, sizeof(*csv));
    if (!csv)
        out_of_memory();
    csv->in = in;
    csv->line = 1;
    return csv;
}

void csv_free(struct csv *csv)
{
    free(csv);
}

/* Leaves at least one whole row, or what is left of the file, between `at` and `length`. */
static void window_fill(struct csv *csv)
{
    if (csv->ended || csv->length - csv->at > CSV_ROW_BYTES)
        return;
    memmove(csv->window, csv->window + csv->at, csv->length - csv->at);
    csv->length -= csv->at;
    csv->at = 0;
    csv->length += fread(csv->window + csv->length, 1, WINDOW_BYTES - csv->length, csv->in);
    csv->ended = csv->length < WINDOW_BYTES;
}

static void mark_skip(struct csv *csv)
{
    static const char MARK[] = "\xEF\xBB\xBF";
    if (csv->line == 1 && csv->at == 0 && csv->length >= 3 && memcmp(csv->window, MARK, 3) == 0)
        csv->at = 3;
}

/* Length of the line end at `i`: CRLF, LF, or the end of the file; 0: none. A row that ends with the file has no line end. */
static size_t line_end(const struct csv *csv, size_t i)
{
    if (csv->window[i] == '\n')
        return 1;
    return csv->window[i] == '\r' && i + 1 < csv->length && csv->window[i + 1] == '\n' ? 2 : 0;
}

static void empty_lines_skip(struct csv *csv)
{
    size_t end;
    for (window_fill(csv); csv->at < csv->length && (end = line_end(csv, csv->at)) > 0; window_fill(csv)) {
        csv->at += end;
        csv->line++;
    }
}

struct parse {
    size_t i;         /* next byte of the window */
    struct buf cells; /* all cells, each with its NUL */
    size_t count;
    const char *why; /* the row is bad */
};

static bool inside(const struct csv *csv, const struct parse *row)
{
    return row->i < csv->length && row->i - csv->at < CSV_ROW_BYTES;
}

static bool cell_ends(const struct csv *csv, const struct parse *row)
{
    return row->i >= csv->length || csv->window[row->i] == ',' || line_end(csv, row->i) > 0;
}

static void plain_cell(const struct csv *csv, struct parse *row)
{
    while (inside(csv, row) && !cell_ends(csv, row)) {
        if (csv->window[row->i] == '"')
            row->why = "has a quotation mark inside an unquoted field";
        buf_append_char(&row->cells, csv->window[row->i++]);
    }
}

/* RFC 4180 §2.7: a quotation mark inside a quoted field is written twice. */
static void quoted_cell(const struct csv *csv, struct parse *row)
{
    for (row->i++; inside(csv, row); row->i++) {
        bool quote = csv->window[row->i] == '"';
        if (quote && (row->i + 1 >= csv->length || csv->window[row->i + 1] != '"'))
            break;
        row->i += quote;
        buf_append_char(&row->cells, csv->window[row->i]);
    }
    if (!inside(csv, row)) {
        row->why = "has a quoted field without an end";
        return;
    }
    row->i++;
    if (!cell_ends(csv, row))
        row->why = "has text behind a quoted field";
}

/* Reads cells up to the row's end and past it. */
static void row_parse(const struct csv *csv, struct parse *row)
{
    for (;;) {
        if (row->i < csv->length && csv->window[row->i] == '"')
            quoted_cell(csv, row);
        else
            plain_cell(csv, row);
        buf_append_char(&row->cells, '\0');
        if (++row->count > CSV_CELLS)
            row->why = "has too many fields";
        if (!row->why && !cell_ends(csv, row))
            row->why = "is too long";
        if (row->why || row->i >= csv->length)
            return;
        if (csv->window[row->i] != ',')
            break;
        row->i++;
    }
    row->i += line_end(csv, row->i);
}

static void advance(struct csv *csv, size_t to)
{
    for (; csv->at < to; csv->at++)
        csv->line += csv->window[csv->at] == '\n';
}

/* Past the end of the line at `at`, which may be longer than the window. */
static void line_skip(struct csv *csv)
{
    const char *end;
    while (!(end = memchr(csv->window + csv->at, '\n', csv->length - csv->at))) {
        csv->at = csv->length;
        if (csv->ended)
            return;
        window_fill(csv);
    }
    advance(csv, (size_t)(end - csv->window) + 1);
}

static const char *const *cells_of(struct arena *arena, const struct parse *row)
{
    const char **cells = arena_alloc(arena, row->count * sizeof(*cells)), *cell = buf_text(&row->cells);
    for (size_t i = 0; i < row->count; i++, cell += strlen(cell) + 1)
        cells[i] = cell;
    return cells;
}

enum csv_what csv_next(struct csv *csv, struct arena *arena, struct csv_row *ret)
{
    window_fill(csv);
    mark_skip(csv);
    empty_lines_skip(csv);
    if (csv->at >= csv->length)
        return CSV_END;
    *ret = (struct csv_row){ .line = csv->line };
    struct parse row = { .i = csv->at, .cells = buf_new(arena) };
    row_parse(csv, &row);
    if (!row.why && memchr(csv->window + csv->at, '\0', row.i - csv->at))
        row.why = "has a NUL character";
    if (row.why) {
        ret->why = row.why;
        line_skip(csv);
        return CSV_BAD;
    }
    ret->count = row.count;
    ret->cells = cells_of(arena, &row);
    advance(csv, row.i);
    return CSV_ROW;
}
