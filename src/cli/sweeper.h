#pragma once
/* The server's background thread: every few seconds it releases payments whose cash did not come in time. Every process
 * has one; they do not wait for each other. */
#include <gongji/base/conf.h>
#include <gongji/db/db.h>

struct sweeper;
/* False when the thread cannot start. */
bool sweeper_start(const struct conf *conf, struct db *db, struct sweeper **ret, struct arena *arena);
void sweeper_stop(struct sweeper *sweeper); /* waits for a sweep under way; NULL is fine */
