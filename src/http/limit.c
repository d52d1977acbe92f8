/* Rate limits per client. Bounded memory whatever clients do: buckets live in a fixed table of small sets. */
#include "limit.h"

#include <pthread.h>
#include <string.h>

#include <gongji/base/crypto.h>
#include <gongji/base/str.h>

enum { SETS = 4096, WAYS = 4, SEED_BYTES = 16, MARK_BYTES = 16, US_PER_S = 1000000 };

struct bucket {
    unsigned char mark[MARK_BYTES]; /* of client and rule; all zero: free */
    int64_t full_us;                /* when it will be full again: the whole state of a bucket (GCRA) */
};

struct limit {
    pthread_mutex_t lock;           /* guards sets */
    unsigned char seed[SEED_BYTES]; /* so that nobody can choose a set to crowd */
    struct bucket sets[SETS][WAYS];
};

struct limit *limit_new(struct arena *arena)
{
    struct limit *limit = arena_alloc(arena, sizeof *limit);
    pthread_mutex_init(&limit->lock, NULL);
    crypto_random(limit->seed, sizeof limit->seed);
    return limit;
}

void limit_free(struct limit *limit)
{
    pthread_mutex_destroy(&limit->lock);
}

static void mark_of(const struct limit *limit, const struct limit_rule *rule, const char *client,
                    unsigned char ret[static DIGEST_BYTES])
{
    CLEANUP(arena_freep) struct arena *arena = arena_new();
    struct buf buf = buf_new(arena);
    buf_append_n(&buf, (const char *)limit->seed, SEED_BYTES);
    buf_append_n(&buf, rule->name, strlen(rule->name) + 1);
    buf_append(&buf, client);
    crypto_sha256((struct str){ buf.text, buf.length }, ret);
}

static struct bucket *bucket_find(struct bucket set[WAYS], const unsigned char *mark)
{
    struct bucket *oldest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (memcmp(set[i].mark, mark, MARK_BYTES) == 0)
            return &set[i];
        if (set[i].full_us < oldest->full_us)
            oldest = &set[i];
    }
    memcpy(oldest->mark, mark, MARK_BYTES);
    oldest->full_us = 0;
    return oldest;
}

/* Generic cell rate algorithm: a request moves the moment of fullness by an interval, and may not move it past the
 * burst. */
static bool bucket_take(struct bucket *bucket, const struct limit_rule *rule, int64_t now_us, int64_t *ret_wait_s)
{
    int64_t interval_us = rule->seconds * US_PER_S / rule->count;
    int64_t full_us = (bucket->full_us > now_us ? bucket->full_us : now_us) + interval_us;
    int64_t over_us = full_us - now_us - interval_us * rule->burst;
    if (over_us > 0) {
        *ret_wait_s = (over_us + US_PER_S - 1) / US_PER_S;
        return false;
    }
    bucket->full_us = full_us;
    return true;
}

bool limit_take(struct limit *limit, const struct limit_rule *rule, const char *client, int64_t now_us,
                int64_t *ret_wait_s)
{
    unsigned char mark[DIGEST_BYTES];
    unsigned set;
    mark_of(limit, rule, client, mark);
    memcpy(&set, mark + MARK_BYTES, sizeof set);
    pthread_mutex_lock(&limit->lock);
    bool taken = bucket_take(bucket_find(limit->sets[set % SETS], mark), rule, now_us, ret_wait_s);
    pthread_mutex_unlock(&limit->lock);
    return taken;
}
