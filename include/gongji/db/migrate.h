#pragma once
/* The embedded SQL: migrations once and forward only; functions, views, guards and grants whole at every run, functions that
 * the source no longer has dropped; one transaction, one advisory lock.
 *
 * gongji.schema_state keeps the digest of every source applied, in order. A server starts when its own is among them (the
 * schema is its own, or a newer one) and the newest is of its major; applying an older source forgets the later ones. */
#include <stdbool.h>

#include <gongji/base/conf.h>

/* Safe to run twice and from two processes at once. False with one plain line. */
bool migrate_run(const struct conf *conf, const char **ret_why, struct arena *arena);
/* False when the schema is behind this program (or not there): the server does not start on it. */
bool migrate_check(const struct conf *conf, const char **ret_why, struct arena *arena);
