#pragma once
/* The combining queue: callers sleep on a lane, a worker takes all that waits and runs it as one statement.
 *
 * An item is QUEUED (its caller may leave at its deadline: nothing happened) or FOLLOWING (the same, behind an item in
 * flight with its key), then TAKEN (its caller waits to the end, which comes within the deadline), then answered.
 * One that answered `busy`, or whose lock was not to be had soon, is QUEUED once more, on the lane that may wait. There
 * all wait together, briefly; those still without their locks are then looked at now and then, until they have them or
 * their callers leave: one account locked for long delays nobody else.
 * The queue knows neither SQL nor libpq: it runs what it is given, so that its rules are tested without a database. */
#include "answer.h"

enum { BATCH_MOST = 256 }; /* bound of database.batch_items */

struct batch_runner {
    void *context;
    void *(*open)(void *context); /* a worker's own connection */
    void (*close)(void *worker);
    /* Runs a set-shaped query: each parameter is an array of `items` members. ENDED_WELL: ret_answers is filled, in item
     * order, with texts that live as long as `arena`. Must end by until_us. */
    enum ending (*run)(void *worker, enum query query, const char *const *params, size_t items, int64_t until_us,
                       struct arena *arena, struct answer *ret_answers, struct defect *ret_defect);
    void (*report)(enum query query, const struct defect *defect); /* logs a defect, once */
};

struct batch_limits {
    size_t write_lanes, read_lanes; /* workers; there is one more, which may wait for locks */
    size_t queue;                   /* items that may wait on a lane */
    size_t items;                   /* of one batch, at most BATCH_MOST */
};

struct batch;
struct batch *batch_open(const struct batch_runner *runner, const struct batch_limits *limits,
                         struct arena *arena); /* NULL: no threads */
/* Refuses what is queued, lets running batches end, joins the workers. No caller may come any more; memory goes with
 * the arena. */
void batch_close(struct batch *batch);

/* Blocks until the item is answered. ST_OK: *ret holds texts in the caller's arena. `params` is without p_ctx and p_wait. */
enum status batch_submit(struct batch *batch, const struct db_call *call, enum lane lane, enum query query,
                         const char *const *params, size_t count, struct answer *ret);

size_t batch_waiting(struct batch *batch); /* items queued or following on all lanes, at this moment */
