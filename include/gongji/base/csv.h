#pragma once
/* CSV as people's programs write it: RFC 4180, with or without a byte order mark, lines ending in CRLF or LF. Reads as a stream:
 * memory is bounded by one row, however long the file.
 *
 *     CLEANUP(csv_freep) struct csv *csv = csv_new(file);
 *     while ((what = csv_next(csv, arena, &row)) != CSV_END)
 *         if (what == CSV_ROW)
 *             use(row.line, row.cells, row.count);
 *
 * A bad row never stops the rest: the next one is looked for on the line after the one where the bad row began, so that one
 * quotation mark too many costs a line and not a file. Lines without a character are skipped. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <gongji/base/arena.h>

enum { CSV_ROW_BYTES = 65536, CSV_CELLS = 64 };

enum csv_what { CSV_ROW, CSV_BAD, CSV_END };
struct csv_row {
    int64_t line;             /* where it begins, from 1 */
    const char *const *cells; /* NUL-terminated, in the arena; on CSV_ROW */
    size_t count;
    const char *why; /* on CSV_BAD: one English clause that quotes nothing */
};

struct csv;
struct csv *csv_new(FILE *in); /* at its start; stays the caller's */
void csv_free(struct csv *csv);
static inline void csv_freep(struct csv **csv)
{
    csv_free(*csv);
}
enum csv_what csv_next(struct csv *csv, struct arena *arena, struct csv_row *ret);
