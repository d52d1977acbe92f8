#pragma once
/* Token buckets (a rate and a burst) in a table of fixed size, one per client and purpose; guarded by its own lock.
 * When a set of the table is full, the bucket nearest to full is forgotten: its owner loses nothing by it. */
#include <stdbool.h>
#include <stdint.h>

#include <gongji/base/arena.h>

struct limit;
struct limit_rule {
    const char *name;       /* "client", "resolve" */
    int64_t count, seconds; /* `count` may be made in `seconds`, evenly */
    int64_t burst;          /* and so many at once */
};

struct limit *limit_new(struct arena *arena);
void limit_free(struct limit *limit);
/* Takes one; false: none is left, and *ret_wait_s says when there will be. `now_us` is monotonic. */
bool limit_take(struct limit *limit, const struct limit_rule *rule, const char *client, int64_t now_us,
                int64_t *ret_wait_s);
