/* Taking in a request's body: into memory, into an unlinked file, or away with it. */
#include "inner.h"

#include <errno.h>
#include <string.h>

#include <gongji/base/clock.h>
#include <gongji/base/log.h>

/* A caller that feeds a body drop by drop holds a thread: it has until the request's deadline. Imports may take longer;
 * for them the idle limit of the connection counts, and their caller is known. */
static bool too_slow(const struct request *rq)
{
    bool spooled = rq->match.route != NULL && rq->match.route->body == BODY_SPOOL;
    return !spooled && clock_mono_us() > rq->deadline_us;
}

static bool spool(struct request *rq, struct str piece)
{
    if (rq->spool == NULL)
        rq->spool = tmpfile();
    if (rq->spool != NULL && fwrite(piece.bytes, 1, piece.length, rq->spool) == piece.length)
        return true;
    log_event(LOG_ERROR, "spool_failed", LOG_TEXT("reason", strerror(errno)), LOG_TEXT("request_id", rq->id));
    return false;
}

static void keep(struct request *rq, struct str piece)
{
    if (rq->received > rq->body_limit)
        rq->verdict = ST_BODY_TOO_LARGE;
    else if (rq->match.route->body == BODY_SPOOL)
        rq->verdict = spool(rq, piece) ? ST_OK : ST_INTERNAL_ERROR;
    else if (rq->match.route->body != BODY_NONE)
        buf_append_n(&rq->body, piece.bytes, piece.length);
}

bool body_take(struct request *rq, struct str piece)
{
    rq->received += (int64_t)piece.length;
    if (too_slow(rq))
        return false;
    if (rq->verdict == ST_OK)
        keep(rq, piece);
    return rq->verdict == ST_OK || rq->received <= rq->body_limit + DISCARD_MAX;
}
