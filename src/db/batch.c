/* The combining queue.
 *
 * One mutex protects all lanes, since an item moves between them, its caller may leave wherever it is, and what happens
 * under it is a few list operations. Answered items are woken through a semaphore each, after the mutex is let go, and a
 * woken caller does not take it again: sixty-four callers waking at once do not queue up behind one another.
 * A TAKEN item belongs to its worker, its caller's arena included: the caller sleeps until it is answered. */
#include "batch.h"

#include <gongji/base/clock.h>
#include <gongji/base/metrics.h>
#include <gongji/base/str.h>

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

enum {
    KEY_BUCKETS = 1024,        /* as many as requests in flight, roughly */
    RESTING_KEYS = 64,         /* newest defects remembered */
    REST_US = 1000 * 1000,     /* a key whose item broke its batch is refused for so long */
    ROUNDS = 5,                /* how often an item may come back `again` */
    LOOK_AGAIN_US = 50 * 1000, /* until the lock that an item waits for is looked at again */
    SHARE_DIVISOR = 4,         /* one client's part of a batch while others wait */
    WORTH_DIVISOR = 8,         /* part of a full batch from which on two at once are better than a larger one */
    COMPANY_US = 10 * 1000,    /* a worker is given so long before another one helps with less than that */
    TURNS = 32,                /* batches that take turns after one that met many locked accounts */
    TURN_US = 50 * 1000,       /* such a batch is waited for so long */
    RUN_LEAST_US = 500 * 1000, /* an item with less time left is not taken: it could not be waited for honestly */
};

enum place { PLACE_WRITE = LANE_WRITE, PLACE_READ = LANE_READ, PLACE_WAITING, PLACE_COUNT };
enum item_state { ITEM_FOLLOWING, ITEM_QUEUED, ITEM_TAKEN };

TAILQ_HEAD(item_list, item);

struct item {
    const struct db_call *call;
    enum query query;
    const char *const *params;
    size_t count;
    struct answer *ret;
    uint64_t key_hash, client_hash;
    int64_t leave_by_us; /* its caller leaves then if it still waits */

    /* protected by the mutex */
    enum item_state state;
    enum place place;
    TAILQ_ENTRY(item) link;     /* in its lane, or among its leader's followers */
    struct item_list followers; /* of the first item in flight with a key */
    struct item *next_leader;   /* in its bucket */
    bool picked;
    bool stuck; /* somebody holds its locks for long: it is looked at now and then, and nobody waits with it */
    int64_t look_at_us, queued_at_us;

    /* the worker's, while TAKEN */
    int rounds, tries;
    enum status status;

    atomic_bool answered;
    sem_t wake;
};

struct lane_queue {
    struct item_list items;
    size_t load;      /* queued and following */
    size_t running;   /* items in batches */
    int64_t began_us; /* the newest of them */
    pthread_cond_t work;
};

struct worker {
    struct batch *batch;
    enum place place;
    pthread_t thread;
    void *state;      /* the runner's */
    int64_t until_us; /* earliest deadline of its batch: all of it ends by then, halves and second tries included */
};

struct batch {
    struct batch_runner runner;
    struct batch_limits limits;
    size_t worker_count;
    struct worker *workers;

    pthread_mutex_t mutex; /* protects all below, and the items' part above */
    bool stopping;
    unsigned turns; /* writes that are to be run one after the other */
    struct lane_queue lanes[PLACE_COUNT];
    struct item *leaders[KEY_BUCKETS];
    struct {
        uint64_t key_hash;
        int64_t until_us;
    } resting[RESTING_KEYS];
    size_t next_resting;
};

static uint64_t hash(const char *text)
{
    uint64_t value = 0xcbf29ce484222325U; /* FNV-1a */
    for (; text && *text; text++)
        value = (value ^ (unsigned char)*text) * 0x100000001b3U;
    return value;
}

/* ---- keys: who leads, who follows, who rests (under the mutex) ---- */

static struct item **leader_slot(struct batch *batch, const struct item *item)
{
    struct item **slot = &batch->leaders[item->key_hash % KEY_BUCKETS];
    while (*slot && !text_equal((*slot)->call->key, item->call->key))
        slot = &(*slot)->next_leader;
    return slot;
}

static bool key_rests(const struct batch *batch, const struct item *item)
{
    int64_t now_us = clock_mono_us();
    for (size_t i = 0; item->call->key && i < RESTING_KEYS; i++)
        if (batch->resting[i].key_hash == item->key_hash && now_us < batch->resting[i].until_us)
            return true;
    return false;
}

static void rest_key(struct batch *batch, const struct item *item)
{
    size_t i = batch->next_resting++ % RESTING_KEYS;
    batch->resting[i].key_hash = item->key_hash;
    batch->resting[i].until_us = clock_mono_us() + REST_US;
}

static void wake(struct item *item)
{
    atomic_store_explicit(&item->answered, true, memory_order_release);
    sem_post(&item->wake); /* the item may be gone after this */
}

/* What arrives while a worker of the lane runs a batch is the next one's. A second worker would only make two small
 * batches of it, at the price of two: so it waits for as many as run, or for a batch that is worth it, or COMPANY_US. */
static size_t enough(const struct batch *batch, const struct lane_queue *lane)
{
    size_t worth = batch->limits.items / WORTH_DIVISOR;
    return lane->running < worth ? lane->running : worth;
}

static void enqueue(struct batch *batch, struct item *item)
{
    struct lane_queue *lane = &batch->lanes[item->place];
    bool first = TAILQ_EMPTY(&lane->items);
    item->state = ITEM_QUEUED;
    item->queued_at_us = clock_mono_us();
    TAILQ_INSERT_TAIL(&lane->items, item, link);
    if (first || lane->load >= enough(batch, lane))
        pthread_cond_signal(&lane->work);
}

static void lead(struct batch *batch, struct item *item)
{
    if (item->call->key)
        *leader_slot(batch, item) = item;
}

/* An item in flight ends: the first of its followers takes the lead, and the others follow that one. */
static void pass_key_on(struct batch *batch, struct item *item)
{
    if (!item->call->key)
        return;
    struct item **slot = leader_slot(batch, item);
    assert(*slot == item);
    *slot = item->next_leader;
    for (struct item *next; (next = TAILQ_FIRST(&item->followers));) {
        TAILQ_REMOVE(&item->followers, next, link);
        if (!batch->stopping && !key_rests(batch, next)) {
            TAILQ_CONCAT(&next->followers, &item->followers, link);
            lead(batch, next);
            enqueue(batch, next);
            return;
        }
        batch->lanes[next->place].load--;
        next->status = ST_OVERLOADED;
        next->state = ITEM_TAKEN;
        wake(next);
    }
}

/* Decides an item's end; the caller of this wakes it when the mutex is let go. */
static void conclude(struct batch *batch, struct item *item, enum status status)
{
    item->status = status;
    pass_key_on(batch, item);
}

static void conclude_all(struct batch *batch, struct item **items, size_t count, enum status status)
{
    pthread_mutex_lock(&batch->mutex);
    for (size_t i = 0; i < count; i++)
        conclude(batch, items[i], status);
    pthread_mutex_unlock(&batch->mutex);
    for (size_t i = 0; i < count; i++)
        wake(items[i]);
}

/* ---- taking a batch (under the mutex) ---- */

struct shares {
    uint64_t clients[BATCH_MOST];
    size_t taken[BATCH_MOST], count;
};

static size_t *share_of(struct shares *shares, uint64_t client)
{
    for (size_t i = 0; i < shares->count; i++)
        if (shares->clients[i] == client)
            return &shares->taken[i];
    shares->clients[shares->count] = client;
    shares->taken[shares->count] = 0;
    return &shares->taken[shares->count++];
}

/* Not one whose caller is about to leave, nor one that was looked at just now. */
static bool is_ready(const struct item *item, int64_t now_us)
{
    return item->leave_by_us > now_us && item->look_at_us <= now_us;
}

/* Marks ready items like the first in order of arrival, at most `share` of one client, until `most` are marked. */
static size_t pick(struct lane_queue *lane, const struct item *first, size_t share, size_t most, size_t picked,
                   int64_t now_us)
{
    struct shares shares = { .count = 0 };
    struct item *item;
    TAILQ_FOREACH(item, &lane->items, link)
    {
        if (picked == most)
            break;
        if (item->picked || item->query != first->query || item->stuck != first->stuck || !is_ready(item, now_us))
            continue;
        size_t *taken = share_of(&shares, item->client_hash);
        if (*taken >= share)
            continue;
        (*taken)++;
        item->picked = true;
        picked++;
    }
    return picked;
}

static size_t remove_picked(struct lane_queue *lane, struct item **ret)
{
    size_t count = 0;
    struct item *next;
    for (struct item *item = TAILQ_FIRST(&lane->items); item; item = next) {
        next = TAILQ_NEXT(item, link);
        if (!item->picked)
            continue;
        TAILQ_REMOVE(&lane->items, item, link);
        lane->load--;
        item->picked = false;
        item->state = ITEM_TAKEN;
        ret[count++] = item;
    }
    return count;
}

/* When everybody pays out of one relative's account, of two batches at once the second only finds out that the account is
 * locked: they take turns for a while, with the waiting lane too. Nobody's turn lasts so long that the others suffer. */
static int64_t turn_us(const struct batch *batch, const struct lane_queue *lane)
{
    const struct lane_queue *write = &batch->lanes[PLACE_WRITE], *waiting = &batch->lanes[PLACE_WAITING];
    if (!batch->turns || lane != write)
        return 0;
    int64_t began_us = write->running ? write->began_us : 0;
    if (waiting->running && waiting->began_us > began_us)
        began_us = waiting->began_us;
    return began_us ? began_us + TURN_US : 0;
}

static void meet_locked(struct batch *batch, size_t busy)
{
    size_t many = batch->limits.items / WORTH_DIVISOR;
    if (many && busy >= many)
        batch->turns = TURNS;
}

static int64_t taken_from_us(const struct batch *batch, const struct lane_queue *lane, const struct item *oldest)
{
    int64_t turn = turn_us(batch, lane),
            joined = lane->load >= enough(batch, lane) ? 0 : oldest->queued_at_us + COMPANY_US;
    return turn > joined ? turn : joined;
}

/* The oldest ready item decides the query, and whether these are the stuck ones. First everybody's share, then whoever
 * fills the rest. */
static size_t take(struct batch *batch, struct lane_queue *lane, struct item **ret)
{
    int64_t now_us = clock_mono_us();
    struct item *first = TAILQ_FIRST(&lane->items);
    while (first && !is_ready(first, now_us))
        first = TAILQ_NEXT(first, link);
    if (!first || taken_from_us(batch, lane, first) > now_us)
        return 0;
    size_t most = batch->limits.items, share = most / SHARE_DIVISOR ? most / SHARE_DIVISOR : 1;
    size_t picked = pick(lane, first, share, most, 0, now_us);
    pick(lane, first, most, most, picked, now_us);
    return remove_picked(lane, ret);
}

/* Until something is queued, or the next of the stuck items is to be looked at. */
static void wait_for_work(struct batch *batch, struct lane_queue *lane)
{
    int64_t now_us = clock_mono_us(), until_us = INT64_MAX;
    struct item *item;
    TAILQ_FOREACH(item, &lane->items, link)
    {
        int64_t taken_us = taken_from_us(batch, lane, item);
        if (item->leave_by_us > now_us)
            until_us = earlier(until_us, item->look_at_us > taken_us ? item->look_at_us : taken_us);
    }
    struct timespec until = { until_us / 1000000, until_us % 1000000 * 1000 };
    if (until_us == INT64_MAX)
        pthread_cond_wait(&lane->work, &batch->mutex);
    else
        pthread_cond_clockwait(&lane->work, &batch->mutex, CLOCK_MONOTONIC, &until);
}

/* ---- running a batch (items are TAKEN) ---- */

/* Queues an item once more: a busy one on the waiting lane, stuck there until its caller's patience ends. False: it was
 * concluded instead, and is to be woken. (Under the mutex.) */
static bool requeue(struct batch *batch, struct item *item, bool busy)
{
    int64_t now_us = clock_mono_us();
    enum place place = busy ? PLACE_WAITING : item->place;
    bool full = batch->lanes[place].load >= batch->limits.queue;
    if (batch->stopping || full || now_us >= item->leave_by_us || (!busy && ++item->rounds > ROUNDS)) {
        conclude(batch, item, ST_OVERLOADED);
        return false;
    }
    item->stuck = busy && item->stuck;
    item->look_at_us = item->stuck ? now_us + LOOK_AGAIN_US : 0;
    if (place != item->place || !busy)
        metric_add(busy ? METRIC_BATCH_BUSY : METRIC_BATCH_AGAIN, 1);
    item->place = place;
    batch->lanes[place].load++;
    enqueue(batch, item);
    return true;
}

static void copy_answer(struct item *item, const struct answer *answer)
{
    struct arena *arena = item->call->arena;
    *item->ret = (struct answer){ arena_strdup(arena, answer->code), arena_strdup(arena, answer->codes),
                                  arena_strdup(arena, answer->result), answer->replayed };
}

static void settle(struct batch *batch, struct item **items, const struct answer *answers, size_t count)
{
    struct item *answered[BATCH_MOST];
    size_t answered_count = 0, busy_count = 0;
    for (size_t i = 0; i < count; i++)
        copy_answer(items[i], &answers[i]);
    pthread_mutex_lock(&batch->mutex);
    for (size_t i = 0; i < count; i++) {
        bool busy = text_equal(answers[i].code, "busy");
        busy_count += busy && items[i]->place == PLACE_WRITE;
        if (busy || text_equal(answers[i].code, "again")) {
            if (requeue(batch, items[i], busy))
                continue;
        } else {
            conclude(batch, items[i], ST_OK);
        }
        answered[answered_count++] = items[i];
    }
    if (busy_count)
        meet_locked(batch, busy_count);
    pthread_mutex_unlock(&batch->mutex);
    for (size_t i = 0; i < answered_count; i++)
        wake(answered[i]);
}

static const char *column_text(const struct item *item, size_t column)
{
    return column == 0 ? item->call->context : item->params[column - 1];
}

static enum ending attempt(struct worker *worker, struct item **items, size_t count, struct arena *arena,
                           struct answer *ret, struct defect *ret_defect)
{
    size_t columns = items[0]->count + 1;
    const char **params = arena_alloc(arena, (columns + 1) * sizeof(*params)),
               **texts = arena_alloc(arena, count * sizeof(*texts));
    int64_t patience_us = clock_mono_us() + STATEMENT_US;
    for (size_t column = 0; column < columns; column++) {
        for (size_t i = 0; i < count; i++)
            texts[i] = column_text(items[i], column);
        params[column] = db_array(arena, texts, count);
    }
    params[columns] = db_bool(worker->place == PLACE_WAITING && !items[0]->stuck);
    metric_add(METRIC_BATCHES, 1);
    metric_observe(METRIC_BATCH_SIZE, (double)count);
    return worker->batch->runner.run(worker->state, items[0]->query, params, count,
                                     earlier(patience_us, worker->until_us), arena, ret, ret_defect);
}

/* Puts the items that `leave` names at the end, answers them, and returns how many stay in front, in order. */
static size_t leave_out(struct batch *batch, struct item **items, size_t count, bool (*leave)(const struct item *),
                        enum status status)
{
    struct item *left[BATCH_MOST];
    size_t stay = 0, gone = 0;
    for (size_t i = 0; i < count; i++)
        if (leave(items[i]))
            left[gone++] = items[i];
        else
            items[stay++] = items[i];
    if (gone)
        conclude_all(batch, left, gone, status);
    return stay;
}

static int64_t earliest_deadline(struct item **items, size_t count)
{
    int64_t deadline_us = INT64_MAX;
    for (size_t i = 0; i < count; i++)
        deadline_us = earlier(deadline_us, items[i]->call->deadline_us);
    return deadline_us;
}

static bool is_late(const struct item *item)
{
    return clock_mono_us() >= item->leave_by_us;
}

static bool is_keyless_write(const struct item *item)
{
    return !item->call->key && item->place != PLACE_READ;
}

/* The end of the first run is not known: once more with the same keys, and whoever was done is replayed. */
static void run_once_more(struct worker *worker, struct item **items, size_t count)
{
    struct batch *batch = worker->batch;
    metric_add(METRIC_BATCH_UNKNOWN, 1);
    if (!(count = leave_out(batch, items, count, is_keyless_write, ST_RESULT_UNKNOWN)))
        return;
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct answer *answers = arena_alloc(arena, count * sizeof(*answers));
    struct defect defect = { .sqlstate = "" };
    if (attempt(worker, items, count, arena, answers, &defect) == ENDED_WELL)
        settle(batch, items, answers, count);
    else
        conclude_all(batch, items, count, ST_RESULT_UNKNOWN);
}

static void end_in_defect(struct worker *worker, struct item *item, const struct defect *defect)
{
    struct batch *batch = worker->batch;
    batch->runner.report(item->query, defect);
    pthread_mutex_lock(&batch->mutex);
    if (item->call->key)
        rest_key(batch, item);
    pthread_mutex_unlock(&batch->mutex);
    conclude_all(batch, &item, 1, ST_INTERNAL_ERROR);
}

static void run(struct worker *worker, struct item **items, size_t count);

/* A read is tried again at once. A write waits its turn on the waiting lane: an account, or its key, is held elsewhere. */
static void try_again(struct worker *worker, struct item *item)
{
    struct batch *batch = worker->batch;
    metric_add(METRIC_DB_RETRIES, 1);
    if (item->place == PLACE_READ && ++item->tries < TRIES) {
        contention_pause();
        run(worker, &item, 1);
        return;
    }
    pthread_mutex_lock(&batch->mutex);
    bool queued = item->place != PLACE_READ && requeue(batch, item, true);
    if (item->place == PLACE_READ)
        conclude(batch, item, ST_OVERLOADED);
    pthread_mutex_unlock(&batch->mutex);
    if (!queued)
        wake(item);
}

/* Nothing of the batch happened: its halves are run, so that a bad item ends alone and the others do not suffer. */
static void run_apart(struct worker *worker, struct item **items, size_t count, enum ending ending,
                      const struct defect *defect)
{
    if (count > 1) {
        metric_add(METRIC_BATCH_HALVED, 1);
        run(worker, items, count / 2);
        run(worker, items + count / 2, count - count / 2);
    } else if (ending == ENDED_DEFECT) {
        end_in_defect(worker, items[0], defect);
    } else if (ending == ENDED_CONTENDED) {
        try_again(worker, items[0]);
    } else {
        conclude_all(worker->batch, items, 1, ST_OVERLOADED);
    }
}

/* The wait was for some of the batch, nobody knows for whom: all are looked at without waiting, and those whose locks
 * are free do not suffer for the others. */
static void run_stuck(struct worker *worker, struct item **items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        items[i]->stuck = true;
    run(worker, items, count);
}

static void run(struct worker *worker, struct item **items, size_t count)
{
    struct batch *batch = worker->batch;
    if (clock_mono_us() >= worker->until_us) {
        conclude_all(batch, items, count, ST_OVERLOADED);
        return;
    }
    if (!(count = leave_out(batch, items, count, is_late, ST_OVERLOADED)))
        return;
    struct arena *arena CLEANUP(arena_freep) = arena_new();
    struct answer *answers = arena_alloc(arena, count * sizeof(*answers));
    struct defect defect = { .sqlstate = "" };
    enum ending ending = attempt(worker, items, count, arena, answers, &defect);
    switch (ending) {
    case ENDED_WELL:
        settle(batch, items, answers, count);
        return;
    case ENDED_AWAY:
        conclude_all(batch, items, count, ST_DATABASE_UNAVAILABLE);
        return;
    case ENDED_UNKNOWN:
        run_once_more(worker, items, count);
        return;
    case ENDED_GARBLED: /* it happened: running it again would not make its answer better */
        batch->runner.report(items[0]->query, &defect);
        conclude_all(batch, items, count, ST_INTERNAL_ERROR);
        return;
    case ENDED_CONTENDED:
        if (worker->place == PLACE_WAITING && !items[0]->stuck) {
            run_stuck(worker, items, count);
            return;
        }
        run_apart(worker, items, count, ending, &defect);
        return;
    case ENDED_CANCELLED:
    case ENDED_DEFECT:
        run_apart(worker, items, count, ending, &defect);
        return;
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct batch *batch = worker->batch;
    struct lane_queue *lane = &batch->lanes[worker->place];
    struct item *items[BATCH_MOST];
    pthread_mutex_lock(&batch->mutex);
    while (!batch->stopping) {
        size_t count = take(batch, lane, items);
        if (!count) {
            wait_for_work(batch, lane);
            continue;
        }
        lane->running += count;
        lane->began_us = clock_mono_us();
        if (batch->turns && worker->place == PLACE_WRITE)
            batch->turns--;
        pthread_mutex_unlock(&batch->mutex);
        worker->until_us = earliest_deadline(items, count);
        run(worker, items, count);
        pthread_mutex_lock(&batch->mutex);
        lane->running -= count;
        if (batch->turns)
            pthread_cond_signal(&batch->lanes[PLACE_WRITE].work);
    }
    pthread_mutex_unlock(&batch->mutex);
    return NULL;
}

/* ---- the caller's side ---- */

static enum status admit(struct batch *batch, struct item *item)
{
    struct lane_queue *lane = &batch->lanes[item->place];
    if (batch->stopping || lane->load >= batch->limits.queue || key_rests(batch, item))
        return ST_OVERLOADED;
    lane->load++;
    struct item *leader = item->call->key ? *leader_slot(batch, item) : NULL;
    if (leader) {
        item->state = ITEM_FOLLOWING;
        TAILQ_INSERT_TAIL(&leader->followers, item, link);
    } else {
        lead(batch, item);
        enqueue(batch, item);
    }
    return ST_OK;
}

/* True when nobody had taken the item: it is out of the queue, and nothing happened. */
static bool withdraw(struct batch *batch, struct item *item)
{
    pthread_mutex_lock(&batch->mutex);
    bool waiting = item->state != ITEM_TAKEN;
    if (waiting)
        batch->lanes[item->place].load--;
    if (item->state == ITEM_FOLLOWING) {
        TAILQ_REMOVE(&(*leader_slot(batch, item))->followers, item, link);
    } else if (item->state == ITEM_QUEUED) {
        TAILQ_REMOVE(&batch->lanes[item->place].items, item, link);
        pass_key_on(batch, item);
    }
    pthread_mutex_unlock(&batch->mutex);
    return waiting;
}

static enum status await(struct batch *batch, struct item *item)
{
    struct timespec until = { item->leave_by_us / 1000000, item->leave_by_us % 1000000 * 1000 };
    int slept;
    while ((slept = sem_clockwait(&item->wake, CLOCK_MONOTONIC, &until)) != 0 && errno == EINTR)
        ;
    if (slept != 0 && withdraw(batch, item))
        return ST_OVERLOADED;
    while (slept != 0)
        slept = sem_wait(&item->wake);
    bool answered = atomic_load_explicit(&item->answered,
                                         memory_order_acquire); /* orders what the worker wrote before what we read */
    assert(answered);
    return answered ? item->status : ST_INTERNAL_ERROR;
}

enum status batch_submit(struct batch *batch, const struct db_call *call, enum lane lane, enum query query,
                         const char *const *params, size_t count, struct answer *ret)
{
    int64_t left_us = call->deadline_us - clock_mono_us(),
            reserve_us = left_us / 4 < RUN_LEAST_US ? left_us / 4 : RUN_LEAST_US;
    struct item item = {
        .call = call,
        .query = query,
        .params = params,
        .count = count,
        .ret = ret,
        .key_hash = hash(call->key),
        .client_hash = hash(call->client),
        .leave_by_us = call->deadline_us - reserve_us,
        .place = (enum place)lane,
        .followers = TAILQ_HEAD_INITIALIZER(item.followers),
    };
    if (left_us <= 0)
        return ST_OVERLOADED;
    sem_init(&item.wake, 0, 0);
    pthread_mutex_lock(&batch->mutex);
    enum status status = admit(batch, &item);
    pthread_mutex_unlock(&batch->mutex);
    if (status == ST_OK)
        status = await(batch, &item);
    sem_destroy(&item.wake);
    return status;
}

size_t batch_waiting(struct batch *batch)
{
    size_t waiting = 0;
    pthread_mutex_lock(&batch->mutex);
    for (int place = 0; place < PLACE_COUNT; place++)
        waiting += batch->lanes[place].load;
    pthread_mutex_unlock(&batch->mutex);
    return waiting;
}

/* ---- start and end ---- */

static bool start(struct batch *batch, enum place place)
{
    struct worker *worker = &batch->workers[batch->worker_count];
    *worker = (struct worker){ .batch = batch, .place = place, .state = batch->runner.open(batch->runner.context) };
    sigset_t all, before; /* signals are main's */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&worker->thread, NULL, work, worker) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        batch->worker_count++;
    else
        batch->runner.close(worker->state);
    return started;
}

static bool start_all(struct batch *batch)
{
    size_t workers[PLACE_COUNT] = {
        [PLACE_WRITE] = batch->limits.write_lanes,
        [PLACE_READ] = batch->limits.read_lanes,
        [PLACE_WAITING] = 1,
    };
    for (int place = 0; place < PLACE_COUNT; place++)
        for (size_t i = 0; i < workers[place]; i++)
            if (!start(batch, (enum place)place))
                return false;
    return true;
}

struct batch *batch_open(const struct batch_runner *runner, const struct batch_limits *limits, struct arena *arena)
{
    assert(limits->items > 0 && limits->items <= BATCH_MOST);
    struct batch *batch = arena_alloc(arena, sizeof(*batch));
    batch->runner = *runner;
    batch->limits = *limits;
    batch->workers = arena_alloc(arena, (limits->write_lanes + limits->read_lanes + 1) * sizeof(*batch->workers));
    pthread_mutex_init(&batch->mutex, NULL);
    for (int place = 0; place < PLACE_COUNT; place++) {
        TAILQ_INIT(&batch->lanes[place].items);
        pthread_cond_init(&batch->lanes[place].work, NULL);
    }
    if (start_all(batch))
        return batch;
    batch_close(batch);
    return NULL;
}

static void refuse_queued(struct batch *batch, struct lane_queue *lane)
{
    struct item *item;
    while ((item = TAILQ_FIRST(&lane->items))) {
        TAILQ_REMOVE(&lane->items, item, link);
        lane->load--;
        item->state = ITEM_TAKEN;
        conclude(batch, item, ST_OVERLOADED);
        wake(item);
    }
}

void batch_close(struct batch *batch)
{
    pthread_mutex_lock(&batch->mutex);
    batch->stopping = true;
    for (int place = 0; place < PLACE_COUNT; place++) {
        refuse_queued(batch, &batch->lanes[place]);
        pthread_cond_broadcast(&batch->lanes[place].work);
    }
    pthread_mutex_unlock(&batch->mutex);
    for (size_t i = 0; i < batch->worker_count; i++) {
        pthread_join(batch->workers[i].thread, NULL);
        batch->runner.close(batch->workers[i].state);
    }
    for (int place = 0; place < PLACE_COUNT; place++)
        pthread_cond_destroy(&batch->lanes[place].work);
    pthread_mutex_destroy(&batch->mutex);
}
