/* Finds the row of a request. Of several patterns that fit a path, a literal segment beats a parameter. */
#include <gongji/http/router.h>

#include <assert.h>
#include <string.h>

enum { VALUES_MAX = sizeof((struct route_match){ 0 }.values) / sizeof(char *) };

static size_t segment_length(const char *path)
{
    return strcspn(path, "/");
}

static bool path_fits(const char *pattern, const char *path)
{
    while (*pattern != '\0') {
        if (*pattern == '{') {
            size_t length = segment_length(path);
            if (length == 0)
                return false;
            pattern += segment_length(pattern);
            path += length;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

/* Both fit the same path. Positive: `a` is the more specific; 0: same shape. */
static int shape_compare(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0') {
        a++;
        b++;
        int difference = (*b == '{') - (*a == '{');
        if (difference != 0)
            return difference;
        a += segment_length(a);
        b += segment_length(b);
    }
    return 0;
}

static const char *best_pattern(const struct route *routes, size_t count, const char *path)
{
    const char *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (path_fits(routes[i].path, path) && (best == NULL || shape_compare(routes[i].path, best) > 0))
            best = routes[i].path;
    return best;
}

static bool same_shape(const char *pattern, const char *best, const char *path)
{
    return path_fits(pattern, path) && shape_compare(pattern, best) == 0;
}

static void capture(struct route_match *match, struct arena *arena, const char *pattern, const char *path)
{
    while (*pattern == '/') {
        size_t want = segment_length(++pattern), have = segment_length(++path);
        if (*pattern == '{') {
            assert(match->count < VALUES_MAX);
            match->names[match->count] = arena_strndup(arena, pattern + 1, want - 2);
            match->values[match->count++] = arena_strndup(arena, path, have);
        }
        pattern += want;
        path += have;
    }
}

static void allow(struct buf *list, const char *method)
{
    buf_printf(list, "%s%s", list->length == 0 ? "" : ", ", method);
    if (strcmp(method, "GET") == 0)
        buf_append(list, ", HEAD");
}

enum status router_find(const struct route *routes, size_t count, struct arena *arena, const char *method,
                        const char *path, struct route_match *ret)
{
    const char *best = best_pattern(routes, count, path);
    const char *served = strcmp(method, "HEAD") == 0 ? "GET" : method;
    struct buf methods = buf_new(arena);
    if (best == NULL)
        return ST_ROUTE_NOT_FOUND;
    for (size_t i = 0; i < count; i++) {
        if (!same_shape(routes[i].path, best, path))
            continue;
        if (strcmp(routes[i].method, served) == 0) {
            *ret = (struct route_match){ .route = &routes[i] };
            capture(ret, arena, routes[i].path, path);
            return ST_OK;
        }
        allow(&methods, routes[i].method);
    }
    *ret = (struct route_match){ .allow = buf_text(&methods) };
    return ST_METHOD_NOT_ALLOWED;
}
