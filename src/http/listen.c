/* Opens the listening socket, and says in one line why it could not. */
#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gongji/base/str.h>

enum { BACKLOG = 1024 };

static bool fail(const char **ret_why, struct arena *arena, const char *where, int error)
{
    const char *reason = error == EADDRINUSE ? "is in use by another process"
                                             : arena_printf(arena, "cannot be listened on: %s", strerror(error));
    *ret_why = arena_printf(arena, "%s %s", where, reason);
    return false;
}

/* Binds and listens; -1 with errno set. */
static int socket_bound(int family, const struct sockaddr *address, socklen_t length)
{
    int on = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address, length) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static bool answered(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    if (fd >= 0)
        close(fd);
    return connected;
}

/* The file of a server that was killed stays behind. Only a socket is removed, and only when no server is behind it. */
static void remove_stale(const struct sockaddr_un *address)
{
    struct stat info;
    if (lstat(address->sun_path, &info) == 0 && S_ISSOCK(info.st_mode) && !answered(address))
        unlink(address->sun_path);
}

static bool open_unix(const char *path, int *ret_fd, const char **ret_path, const char **ret_why, struct arena *arena)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) {
        *ret_why = arena_printf(arena, "unix:%s is too long for a socket path (%zu bytes at most)", path,
                                sizeof address.sun_path - 1);
        return false;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    remove_stale(&address);
    int fd = socket_bound(AF_UNIX, (const struct sockaddr *)&address, sizeof address);
    if (fd < 0)
        return fail(ret_why, arena, path, errno);
    if (chmod(path, 0660) != 0) { /* the front server's group may connect */
        close(fd);
        return fail(ret_why, arena, path, errno);
    }
    *ret_fd = fd;
    *ret_path = arena_strdup(arena, path);
    return true;
}

static bool split(const char *where, struct arena *arena, char **ret_host, char **ret_port)
{
    const char *colon = strrchr(where, ':');
    int64_t port;
    if (colon == NULL || colon == where || !parse_int64(colon + 1, &port) || port < 1 || port > UINT16_MAX)
        return false;
    size_t length = (size_t)(colon - where);
    bool bracketed = where[0] == '[' && where[length - 1] == ']';
    *ret_host = arena_strndup(arena, where + bracketed, length - (bracketed ? 2 : 0));
    *ret_port = arena_strdup(arena, colon + 1);
    return true;
}

static bool open_tcp(const char *where, int *ret_fd, const char **ret_why, struct arena *arena)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
    char *host, *port;
    if (!split(where, arena, &host, &port)) {
        *ret_why = arena_printf(arena, "%s is neither HOST:PORT nor unix:/path (server.listen, server.probe_listen)",
                                where);
        return false;
    }
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        *ret_why = arena_printf(arena, "%s cannot be listened on: %s", where, gai_strerror(error));
        return false;
    }
    *ret_fd = socket_bound(found->ai_family, found->ai_addr, found->ai_addrlen);
    error = errno;
    freeaddrinfo(found);
    return *ret_fd >= 0 || fail(ret_why, arena, where, error);
}

bool listen_open(const char *where, int *ret_fd, const char **ret_path, const char **ret_why, struct arena *arena)
{
    *ret_path = NULL;
    if (strncmp(where, "unix:", 5) == 0)
        return open_unix(where + 5, ret_fd, ret_path, ret_why, arena);
    return open_tcp(where, ret_fd, ret_why, arena);
}
