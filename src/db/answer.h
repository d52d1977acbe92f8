#pragma once
/* How a statement ended and what one row of gongji.outcome said, before anybody parses it. Knows nothing of libpq. */
#include <gongji/db/db.h>

enum ending {
    ENDED_WELL,
    ENDED_AWAY,      /* no connection, or a server that cannot take statements now: nothing happened */
    ENDED_UNKNOWN,   /* sent, and no answer came */
    ENDED_CONTENDED, /* serialisation failure, deadlock, lock timeout: nothing happened, worth another try */
    ENDED_CANCELLED, /* took too long: nothing happened */
    ENDED_DEFECT,    /* any other error: nothing happened, and the same again would fail again */
    ENDED_GARBLED    /* it ran, and its rows are not what its function promises */
};

/* What the log says of a defect. Never PostgreSQL's DETAIL: it prints whole rows. */
struct defect {
    char sqlstate[6];
    char message[200];
};

struct answer {
    const char *code, *codes, *result; /* texts of the columns, NULL for SQL NULL */
    bool replayed;
};

/* The texts as values; ST_INTERNAL_ERROR, logged, when a code is not in status.def or the result is no JSON. */
enum status answer_read(const struct answer *answer, const char *function, const struct db_call *call,
                        struct outcome *ret);

enum {
    TRIES = 3,                 /* of what failed by contention, under the same key */
    STATEMENT_US = 2300 * 1000 /* patience with one statement; the server itself ends it after 2 s */
};
void contention_pause(void); /* a moment, of random length, before contention is tried again */
static inline int64_t earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

void defect_log(const char *function, const struct defect *defect);
