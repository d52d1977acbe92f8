#pragma once
/* Memory that lives as long as a request: allocate freely, free once.
 *
 *     struct arena *arena = arena_new();
 *     char *path = arena_printf(arena, "/v1/persons/%s", id);
 *     arena_free(arena);
 *
 * Nothing here fails: when the machine is out of memory the process logs one line and aborts, and the database,
 * which holds every fen, is left as its last commit. Not for process-wide things, and not thread-safe. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */
static inline void arena_freep(struct arena **arena)
{
    arena_free(*arena);
}

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Runs `destroy(thing)` when the arena is freed, last registered first: how a json_t joins a request's lifetime. */
void arena_defer(struct arena *arena, void (*destroy)(void *), void *thing);

_Noreturn void out_of_memory(void); /* for memory that a library could not get */

#define CLEANUP(function) __attribute__((cleanup(function)))
