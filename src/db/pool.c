/* The pool of ordinary connections: a stack, so that at low load the same warm connection is used again. */
#include "pool.h"

#include <pthread.h>
#include <time.h>

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t put;
    size_t count, free_count;
    struct conn *conns, **free;
};

struct pool *pool_new(const struct conn_settings *settings, size_t connections, struct arena *arena)
{
    struct pool *pool = arena_alloc(arena, sizeof(*pool));
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->put, NULL);
    pool->conns = arena_alloc(arena, connections * sizeof(*pool->conns));
    pool->free = arena_alloc(arena, connections * sizeof(*pool->free));
    pool->count = pool->free_count = connections;
    for (size_t i = 0; i < connections; i++) {
        pool->conns[i].settings = settings;
        pool->free[i] = &pool->conns[i];
    }
    return pool;
}

void pool_free(struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++)
        conn_close(&pool->conns[i]);
    pthread_cond_destroy(&pool->put);
    pthread_mutex_destroy(&pool->mutex);
}

enum status pool_take(struct pool *pool, int64_t until_us, struct conn **ret)
{
    struct timespec until = { until_us / 1000000, until_us % 1000000 * 1000 };
    int timed_out = 0;
    pthread_mutex_lock(&pool->mutex);
    while (pool->free_count == 0 && !timed_out)
        timed_out = pthread_cond_clockwait(&pool->put, &pool->mutex, CLOCK_MONOTONIC, &until);
    bool free = pool->free_count > 0;
    if (free)
        *ret = pool->free[--pool->free_count];
    pthread_mutex_unlock(&pool->mutex);
    return free ? ST_OK : ST_OVERLOADED;
}

void pool_put(struct pool *pool, struct conn *conn)
{
    pthread_mutex_lock(&pool->mutex);
    pool->free[pool->free_count++] = conn;
    pthread_cond_signal(&pool->put);
    pthread_mutex_unlock(&pool->mutex);
}
