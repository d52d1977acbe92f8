/* Verifying RS256 or ES256 costs as much as the rest of a request, and a token is used many times. */
#include "seen.h"

#include <pthread.h>
#include <string.h>

enum { WAYS = 4 };

struct mark {
    unsigned char digest[DIGEST_BYTES];
    int64_t until_s;
};

struct seen {
    struct arena *arena;
    pthread_mutex_t lock; /* guards marks */
    struct mark (*marks)[WAYS];
    size_t sets;
};

struct seen *seen_new(size_t items)
{
    struct arena *arena = arena_new();
    struct seen *seen = arena_alloc(arena, sizeof *seen);
    seen->arena = arena;
    seen->sets = (items + WAYS - 1) / WAYS;
    seen->marks = arena_alloc(arena, (seen->sets + 1) * sizeof *seen->marks);
    pthread_mutex_init(&seen->lock, NULL);
    return seen;
}

void seen_free(struct seen *seen)
{
    pthread_mutex_destroy(&seen->lock);
    arena_free(seen->arena);
}

static struct mark *set_of(struct seen *seen, const unsigned char *digest)
{
    uint64_t hash;
    memcpy(&hash, digest, sizeof hash);
    return seen->marks[hash % seen->sets];
}

bool seen_has(struct seen *seen, const unsigned char digest[static DIGEST_BYTES], int64_t now_s)
{
    bool found = false;
    if (seen->sets == 0)
        return false;
    pthread_mutex_lock(&seen->lock);
    const struct mark *set = set_of(seen, digest);
    for (int i = 0; i < WAYS; i++)
        found = found || (set[i].until_s > now_s && memcmp(set[i].digest, digest, DIGEST_BYTES) == 0);
    pthread_mutex_unlock(&seen->lock);
    return found;
}

/* The one that ends first makes room. */
void seen_add(struct seen *seen, const unsigned char digest[static DIGEST_BYTES], int64_t until_s, int64_t now_s)
{
    if (seen->sets == 0 || until_s <= now_s)
        return;
    pthread_mutex_lock(&seen->lock);
    struct mark *set = set_of(seen, digest), *first = &set[0];
    for (int i = 1; i < WAYS; i++)
        if (set[i].until_s < first->until_s)
            first = &set[i];
    memcpy(first->digest, digest, DIGEST_BYTES);
    first->until_s = until_s;
    pthread_mutex_unlock(&seen->lock);
}

void seen_forget(struct seen *seen)
{
    pthread_mutex_lock(&seen->lock);
    memset(seen->marks, 0, seen->sets * sizeof *seen->marks);
    pthread_mutex_unlock(&seen->lock);
}
