#pragma once
/* A few connections shared by many threads, each made when first needed. Its lock protects the list of free ones. */
#include "conn.h"

#include <gongji/base/status.h>

struct pool;
struct pool *pool_new(const struct conn_settings *settings, size_t connections, struct arena *arena);
void pool_free(struct pool *pool); /* none may be taken */

/* Waits for a free one until `until_us`, then ST_OVERLOADED. */
enum status pool_take(struct pool *pool, int64_t until_us, struct conn **ret);
void pool_put(struct pool *pool, struct conn *conn);
