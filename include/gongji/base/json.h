#pragma once
/* Strict JSON over jansson, and request bodies described by a table of fields.
 *
 *     struct field fields[] = {
 *         { "amount_fen", FIELD_INT,  &in.amount_fen, .min = 1, .max = FEN_MAX },
 *         { "relation",   FIELD_TEXT, &in.relation,   .one_of = RELATIONS },
 *         { "reason",     FIELD_TEXT, &in.reason,     .optional = true, .max = 200 },
 *         { 0 } };
 *
 * json_fields() reports every fault it finds, not only the first. */
#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <gongji/base/arena.h>
#include <gongji/base/str.h>

enum { JSON_DEPTH_MAX = 16 };

/* A fault of one member: `pointer` is an RFC 6901 JSON pointer, `code` one of
 * malformed unknown_member duplicate_member missing wrong_type out_of_range not_allowed bad_format. */
struct fault {
    const char *pointer, *code, *detail;
    struct fault *next;
};
struct faults {
    struct arena *arena;
    struct fault *first, **tail; /* tail may start NULL */
    int count;                   /* of all; the list ends after 100 */
};
void fault_add(struct faults *faults, const char *pointer, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Parses UTF-8 text: nesting over JSON_DEPTH_MAX is refused by a byte scan before jansson (whose own limit overruns small
 * stacks), duplicate members and trailing bytes too. NULL with a fault added on failure; else owned by the arena. */
json_t *json_read(struct faults *faults, struct str text);
/* The same, but a text whose only fault are duplicate members is given back (the last one counts), so that json_fields() can
 * report its faults beside them: the caller looks at faults->count afterwards. */
json_t *json_read_all(struct faults *faults, struct str text);

enum field_kind {
    FIELD_TEXT,   /* const char **: UTF-8, length in code points within min..max (0 max = 200) */
    FIELD_INT,    /* int64_t *: JSON integer within min..max (0 max = 2^53 - 1) */
    FIELD_BOOL,   /* bool * */
    FIELD_DATE,   /* const char **: "YYYY-MM-DD", a real day */
    FIELD_TEXTS,  /* json_t **: array of strings, count within min..max (0 max = 20) */
    FIELD_INTS,   /* json_t **: array of integers, count within min..max */
    FIELD_OBJECT, /* into `members` */
    FIELD_JSON    /* json_t **: anything */
};
struct field {
    const char *name;
    enum field_kind kind;
    void *ret;     /* untouched when absent; may be NULL */
    bool optional; /* JSON null counts as absent when optional */
    bool *ret_present;
    int64_t min, max;
    const char *const *one_of;       /* FIELD_TEXT(S): NULL-terminated list */
    bool (*check)(const char *text); /* FIELD_TEXT(S): false = bad_format */
    const struct field *members;     /* FIELD_OBJECT */
};
/* True when no fault was added. `object` must be a JSON object, else one fault. */
bool json_fields(struct faults *faults, const json_t *object, const struct field *fields);
/* The same for an object inside a document: every pointer starts with `pointer` ("/rows/0"). */
bool json_fields_at(struct faults *faults, const char *pointer, const json_t *object, const struct field *fields);

/* One line a leaf, sorted: "/beneficiary/name\t<sha256-hex-16>\n": what two requests under one idempotency key are compared by.
 * `salt` goes into every digest; with a secret nobody stores (the idempotency key itself), no ID number can be guessed from a kept line. */
char *json_fingerprint(struct arena *arena, const char *salt, const json_t *value);

char *json_text(struct arena *arena, const json_t *value); /* compact, UTF-8 as is, members in insertion order */
json_t *json_keep(struct arena *arena, json_t *value);     /* the arena drops the reference */
/* From now on this thread's values lie in the arena and end with it, dropped or not; NULL: they are malloc's again, as
 * suits work that makes more of them than should live at once. */
void json_memory(struct arena *arena);
