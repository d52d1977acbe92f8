#pragma once
/* Byte strings that carry their length, and a growing text buffer.
 * `struct str` is for bytes we do not own or that may hold a NUL (bodies, tokens, ciphertexts); text on its way to a
 * library that wants `char *` (libpq, jansson) is NUL-terminated UTF-8 without an inner NUL. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gongji/base/arena.h>

struct str {
    const char *bytes;
    size_t length;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
struct str str_of(const char *text); /* NULL gives the empty string */
bool str_equal(struct str a, struct str b);
bool text_equal(const char *a, const char *b);           /* NULL equals only NULL */
bool text_in(const char *text, const char *const *list); /* list ends with NULL */
bool str_starts(struct str text, struct str prefix);
bool utf8_valid(struct str text); /* RFC 3629: no overlong forms, no surrogates, no NUL */
size_t utf8_next(struct str text, size_t at,
                 uint32_t *ret_code_point); /* bytes of the code point at `at`; 0: the end, or none */
/* Where something shaped like an ID number stands in a text: 17 digits with a date inside, then a digit or X; NULL: nowhere.
 * For keeping what a caller misplaced out of answers and logs; domain/id_number.h knows the valid ones. */
const char *id_shape_in(const char *text);
enum { ID_SHAPE_LENGTH = 18 };
size_t int64_text(int64_t value, char ret_text[static 21]); /* decimal, with its NUL; gives the length without */
bool parse_int64(const char *text, int64_t *ret); /* decimal digits with optional '-', whole text, no overflow */

/* Growing text in an arena. `buf_text` is always NUL-terminated. */
struct buf {
    struct arena *arena;
    char *text;
    size_t length, capacity;
};
struct buf buf_new(struct arena *arena);
void buf_append(struct buf *buf, const char *text);
void buf_append_n(struct buf *buf, const char *bytes, size_t length);
void buf_append_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buf_text(const struct buf *buf);
