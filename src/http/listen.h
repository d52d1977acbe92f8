#pragma once
/* The socket a server listens on. */
#include <stdbool.h>

#include <gongji/base/arena.h>

/* `where` is HOST:PORT, [IPv6]:PORT or unix:/path. A socket file that nobody answers on is replaced. *ret_path is the
 * socket file to remove at the end, or NULL. */
bool listen_open(const char *where, int *ret_fd, const char **ret_path, const char **ret_why, struct arena *arena);
