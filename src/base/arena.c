/* A request's memory: chunks that only grow, freed together. */
#include <gongji/base/arena.h>

#include <assert.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 8 * 1024 }; /* a typical request fits into a few */
#ifdef __SANITIZE_ADDRESS__
static const size_t SPARE_MOST = 0; /* so that it sees who uses memory of a request that is over */
#else
static const size_t SPARE_MOST = 256;
#endif

struct chunk {
    struct chunk *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    void (*destroy)(void *);
    void *thing;
    struct deferred *next;
};

struct arena {
    struct chunk *chunks; /* the first one is filled; full and oversized ones follow */
    struct deferred *deferred;
};

void out_of_memory(void)
{
    static const char LINE[] = "{\"level\":\"error\",\"event\":\"out_of_memory\"}\n";
    if (write(STDERR_FILENO, LINE, sizeof(LINE) - 1) < 0) { /* nothing is left to tell it to */
    }
    abort();
}

/* Chunks that arenas gave back, zeroed, the warmest first: with hundreds of connections in turn, malloc would look for
 * memory of this size in many places, and keep some for each thread. */
static struct {
    pthread_mutex_t lock; /* guards the rest */
    struct chunk *first;
    size_t count;
} spare = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct chunk *chunk_new(size_t size)
{
    struct chunk *chunk;
    if (size > SIZE_MAX - sizeof(*chunk) || !(chunk = calloc(1, sizeof(*chunk) + size)))
        out_of_memory();
    chunk->size = size;
    return chunk;
}

static struct chunk *chunk_take(void)
{
    pthread_mutex_lock(&spare.lock);
    struct chunk *chunk = spare.first;
    if (chunk) {
        spare.first = chunk->next;
        spare.count--;
    }
    pthread_mutex_unlock(&spare.lock);
    if (!chunk)
        return chunk_new(CHUNK_BYTES);
    chunk->next = NULL;
    return chunk;
}

static void chunk_give_back(struct chunk *chunk)
{
    bool kept = false;
    if (chunk->size == CHUNK_BYTES && SPARE_MOST > 0) {
        memset(chunk->bytes, 0, chunk->used);
        chunk->used = 0;
        pthread_mutex_lock(&spare.lock);
        if (spare.count < SPARE_MOST) {
            kept = true;
            chunk->next = spare.first;
            spare.first = chunk;
            spare.count++;
        }
        pthread_mutex_unlock(&spare.lock);
    }
    if (!kept)
        free(chunk);
}

static size_t aligned(size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX - unit)
        out_of_memory();
    return (size + unit - 1) / unit * unit;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size = aligned(size ? size : 1);
    struct chunk *chunk = arena->chunks;
    if (size > CHUNK_BYTES / 4) { /* a chunk of its own, behind the one being filled */
        chunk = chunk_new(size);
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
    } else if (size > chunk->size - chunk->used) {
        chunk = chunk_take();
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_alloc(arena, size);
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

/* Written where it is to stand; only what does not fit there is written a second time. */
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    struct chunk *chunk = arena->chunks;
    size_t room = chunk->size - chunk->used;
    char *text = (char *)chunk->bytes + chunk->used;
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(text, room, format, args);
    assert(length >= 0);
    if ((size_t)length < room) {
        chunk->used += aligned((size_t)length + 1);
    } else {
        memset(text, 0, room);
        text = arena_alloc(arena, (size_t)length + 1);
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *arena, void (*destroy)(void *), void *thing)
{
    struct deferred *deferred = arena_alloc(arena, sizeof(*deferred));
    *deferred = (struct deferred){ destroy, thing, arena->deferred };
    arena->deferred = deferred;
}

struct arena *arena_new(void)
{
    struct chunk *chunk = chunk_take();
    struct arena *arena = (struct arena *)(void *)chunk->bytes; /* an arena lives in its own first chunk */
    chunk->used = aligned(sizeof(*arena));
    arena->chunks = chunk;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct deferred *deferred = arena->deferred; deferred; deferred = deferred->next)
        deferred->destroy(deferred->thing);
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        chunk_give_back(chunk);
    }
}
