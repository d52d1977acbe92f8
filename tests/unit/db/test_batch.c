/* The rules of the combining queue, proved with a runner that is a script instead of a database. */
#include "../../../src/db/batch.h"

#include <gongji/base/clock.h>
#include <gongji/base/str.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { RUNS_MAX = 1024, SECOND_US = 1000 * 1000 };
static const enum query QUERY_A = (enum query)1, QUERY_B = (enum query)2; /* the queue does not look at what they are */

/* ---- the stage: a runner that records what it is given and answers as the test says ---- */

struct run {
    enum query query;
    bool waits;
    size_t items;
    char names[1024]; /* of the first parameter: "{\"a\",\"b\"}" without quotes and braces */
    int64_t until_us;
};

struct stage {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool gate_closed; /* runs wait until it opens */
    const char *let;  /* a run of these names goes through all the same */
    int held;         /* runs that wait at the gate */
    size_t run_count;
    struct run runs[RUNS_MAX];
    size_t reports, opened, closed;
    enum ending (*play)(struct stage *stage, struct run *run, size_t item, const char *name, struct answer *ret);
    struct arena *arena;
    struct batch *batch;
};

static struct stage *stage_of(void *state)
{
    return state;
}

static void plain_names(char *names, size_t size, const char *literal)
{
    size_t length = 0;
    for (; *literal && length + 1 < size; literal++)
        if (!strchr("{}\"", *literal))
            names[length++] = *literal;
    names[length] = '\0';
}

static enum ending play_all(struct stage *stage, struct run *run, struct arena *arena, struct answer *answers)
{
    char *names = arena_strdup(arena, run->names);
    for (size_t i = 0; i < run->items; i++) {
        const char *name = strsep(&names, ",");
        answers[i] = (struct answer){ .code = "OK", .result = name };
        enum ending ending = stage->play ? stage->play(stage, run, i, name, &answers[i]) : ENDED_WELL;
        if (ending != ENDED_WELL)
            return ending;
    }
    return ENDED_WELL;
}

static enum ending stage_run(void *worker, enum query query, const char *const *params, size_t items, int64_t until_us,
                             struct arena *arena, struct answer *ret_answers, struct defect *ret_defect)
{
    struct stage *stage = stage_of(worker);
    (void)ret_defect;
    pthread_mutex_lock(&stage->mutex);
    struct run *run = &stage->runs[stage->run_count++];
    if (stage->run_count > RUNS_MAX)
        abort(); /* cmocka's asserts are for the test's own thread */
    *run = (struct run){ .query = query, .items = items, .until_us = until_us, .waits = text_equal(params[2], "true") };
    plain_names(run->names, sizeof(run->names), params[1]);
    stage->held++;
    pthread_cond_broadcast(&stage->changed);
    while (stage->gate_closed && !text_equal(stage->let, run->names))
        pthread_cond_wait(&stage->changed, &stage->mutex);
    stage->held--;
    enum ending ending = play_all(stage, run, arena, ret_answers);
    pthread_mutex_unlock(&stage->mutex);
    return ending;
}

static struct stage *reporting; /* report() has no context: the program's log has none either */

static void stage_report(enum query query, const struct defect *defect)
{
    (void)query;
    (void)defect;
    pthread_mutex_lock(&reporting->mutex);
    reporting->reports++;
    pthread_mutex_unlock(&reporting->mutex);
}

static void *stage_open(void *context)
{
    stage_of(context)->opened++;
    return context;
}

static void stage_close(void *worker)
{
    stage_of(worker)->closed++;
}

static struct stage *stage_new(struct batch_limits limits)
{
    struct arena *arena = arena_new();
    struct stage *stage = arena_alloc(arena, sizeof(*stage));
    stage->arena = arena;
    pthread_mutex_init(&stage->mutex, NULL);
    pthread_cond_init(&stage->changed, NULL);
    reporting = stage;
    stage->batch = batch_open(&(struct batch_runner){ stage, stage_open, stage_close, stage_run, stage_report },
                              &limits, arena);
    assert_non_null(stage->batch);
    return stage;
}

static struct stage *stage_of_one_worker(void)
{
    return stage_new((struct batch_limits){ .write_lanes = 1, .read_lanes = 1, .queue = 512, .items = 64 });
}

static void stage_free(struct stage *stage)
{
    batch_close(stage->batch);
    assert_int_equal(stage->opened, stage->closed);
    pthread_mutex_destroy(&stage->mutex);
    pthread_cond_destroy(&stage->changed);
    arena_free(stage->arena);
}

static void gate(struct stage *stage, bool closed)
{
    pthread_mutex_lock(&stage->mutex);
    stage->gate_closed = closed;
    pthread_cond_broadcast(&stage->changed);
    pthread_mutex_unlock(&stage->mutex);
}

static void let(struct stage *stage, const char *names)
{
    pthread_mutex_lock(&stage->mutex);
    stage->let = names;
    pthread_cond_broadcast(&stage->changed);
    pthread_mutex_unlock(&stage->mutex);
}

static void wait_held(struct stage *stage, int held)
{
    pthread_mutex_lock(&stage->mutex);
    while (stage->held != held)
        pthread_cond_wait(&stage->changed, &stage->mutex);
    pthread_mutex_unlock(&stage->mutex);
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* ---- callers ---- */

struct caller {
    struct stage *stage;
    const char *name, *key, *client;
    enum lane lane;
    enum query query;
    int64_t patience_us;
    pthread_t thread;
    struct arena *arena;
    enum status status;
    struct answer answer;
    int64_t took_us;
    int wrong;
};

static void *call(void *argument)
{
    struct caller *caller = argument;
    int64_t start_us = clock_mono_us();
    struct db_call db_call = {
        .arena = caller->arena,
        .deadline_us = start_us + (caller->patience_us ? caller->patience_us : 4 * SECOND_US),
        .context = "{}",
        .key = caller->key,
        .client = caller->client,
    };
    const char *params[] = { caller->name };
    caller->status = batch_submit(caller->stage->batch, &db_call, caller->lane, caller->query, params, 1,
                                  &caller->answer);
    caller->took_us = clock_mono_us() - start_us;
    return NULL;
}

static void caller_start(struct stage *stage, struct caller *caller)
{
    caller->stage = stage;
    caller->query = caller->query ? caller->query : QUERY_A;
    caller->arena = arena_new();
    assert_int_equal(0, pthread_create(&caller->thread, NULL, call, caller));
}

static void caller_join(struct caller *caller)
{
    pthread_join(caller->thread, NULL);
    if (caller->status == ST_OK)
        assert_non_null(caller->answer.code);
}

static void caller_free(struct caller *caller)
{
    arena_free(caller->arena);
}

/* Starts a caller behind a closed gate that already holds a run, and sees it queue up: their order is known. */
static void start_queued(struct stage *stage, struct caller *caller)
{
    size_t before = batch_waiting(stage->batch);
    caller_start(stage, caller);
    while (batch_waiting(stage->batch) == before)
        pause_ms(1);
}

static void start_plug(struct stage *stage, struct caller *plug)
{
    plug->name = plug->name ? plug->name : "plug";
    gate(stage, true);
    caller_start(stage, plug);
    wait_held(stage, 1);
}

/* The shape of most tests: one run is held, callers queue up behind it, the gate opens, all end. */
static void run_behind_plug(struct stage *stage, struct caller *callers, size_t count)
{
    struct caller plug = { .lane = callers[0].lane };
    start_plug(stage, &plug);
    for (size_t i = 0; i < count; i++)
        start_queued(stage, &callers[i]);
    gate(stage, false);
    for (size_t i = 0; i < count; i++)
        caller_join(&callers[i]);
    caller_join(&plug);
    assert_int_equal(ST_OK, plug.status);
    caller_free(&plug);
}

static void free_all(struct caller *callers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        caller_free(&callers[i]);
}

#define NAMED(text, ...) ((struct caller){ .name = (text), __VA_ARGS__ })

/* ---- order, size, fairness ---- */

static void one_call_alone_runs_at_once_as_a_batch_of_one(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller caller = NAMED("a", .key = "k");
    caller_start(stage, &caller);
    caller_join(&caller);
    assert_int_equal(ST_OK, caller.status);
    assert_string_equal("a", caller.answer.result);
    assert_int_equal(1, stage->run_count);
    assert_false(stage->runs[0].waits);
    assert_true(caller.took_us < SECOND_US);
    caller_free(&caller);
    stage_free(stage);
}

static void all_that_waits_becomes_one_batch_in_order_of_arrival(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller callers[] = { NAMED("a"), NAMED("b"), NAMED("c"), NAMED("d") };
    run_behind_plug(stage, callers, 4);
    assert_int_equal(2, stage->run_count);
    assert_string_equal("a,b,c,d", stage->runs[1].names);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(callers[i].name, callers[i].answer.result);
    free_all(callers, 4);
    stage_free(stage);
}

static void a_batch_holds_at_most_the_configured_items(void **state)
{
    (void)state;
    struct stage *stage = stage_new(
        (struct batch_limits){ .write_lanes = 1, .read_lanes = 1, .queue = 512, .items = 3 });
    struct caller callers[] = { NAMED("a"), NAMED("b"), NAMED("c"), NAMED("d") };
    run_behind_plug(stage, callers, 4);
    assert_string_equal("a,b,c", stage->runs[1].names);
    assert_string_equal("d", stage->runs[2].names);
    free_all(callers, 4);
    stage_free(stage);
}

static void a_batch_is_of_one_query_and_the_oldest_item_says_which(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller callers[] = { NAMED("a"), NAMED("x", .query = QUERY_B), NAMED("b"), NAMED("y", .query = QUERY_B) };
    run_behind_plug(stage, callers, 4);
    assert_int_equal(QUERY_A, stage->runs[1].query);
    assert_string_equal("a,b", stage->runs[1].names);
    assert_int_equal(QUERY_B, stage->runs[2].query);
    assert_string_equal("x,y", stage->runs[2].names);
    free_all(callers, 4);
    stage_free(stage);
}

static void a_client_gets_a_share_while_others_wait(void **state)
{
    (void)state;
    struct stage *stage = stage_new(
        (struct batch_limits){ .write_lanes = 1, .read_lanes = 1, .queue = 512, .items = 4 });
    struct caller callers[] = { NAMED("a1", .client = "a"), NAMED("a2", .client = "a"), NAMED("a3", .client = "a"),
                                NAMED("a4", .client = "a"), NAMED("b1", .client = "b"), NAMED("c1", .client = "c") };
    run_behind_plug(stage, callers, 6);
    assert_string_equal("a1,a2,b1,c1", stage->runs[1].names);
    assert_string_equal("a3,a4", stage->runs[2].names);
    free_all(callers, 6);
    stage_free(stage);
}

static void a_client_alone_may_fill_a_batch(void **state)
{
    (void)state;
    struct stage *stage = stage_new(
        (struct batch_limits){ .write_lanes = 1, .read_lanes = 1, .queue = 512, .items = 4 });
    struct caller callers[] = { NAMED("a1", .client = "a"), NAMED("a2", .client = "a"), NAMED("a3", .client = "a"),
                                NAMED("a4", .client = "a") };
    run_behind_plug(stage, callers, 4);
    assert_string_equal("a1,a2,a3,a4", stage->runs[1].names);
    free_all(callers, 4);
    stage_free(stage);
}

static void lanes_do_not_wait_for_each_other(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller write = NAMED("w", .lane = LANE_WRITE), read = NAMED("r", .lane = LANE_READ);
    gate(stage, true);
    caller_start(stage, &write);
    wait_held(stage, 1);
    caller_start(stage, &read);
    wait_held(stage, 2);
    gate(stage, false);
    caller_join(&write);
    caller_join(&read);
    caller_free(&write);
    caller_free(&read);
    stage_free(stage);
}

static void two_workers_of_a_lane_share_its_queue(void **state)
{
    (void)state;
    struct stage *stage = stage_new(
        (struct batch_limits){ .write_lanes = 2, .read_lanes = 1, .queue = 512, .items = 64 });
    struct caller callers[] = { NAMED("a"), NAMED("b") };
    gate(stage, true);
    caller_start(stage, &callers[0]);
    wait_held(stage, 1);
    caller_start(stage, &callers[1]);
    wait_held(stage, 2);
    gate(stage, false);
    caller_join(&callers[0]);
    caller_join(&callers[1]);
    free_all(callers, 2);
    stage_free(stage);
}

static void a_second_worker_waits_for_as_many_as_run_but_not_for_long(void **state)
{
    (void)state;
    struct stage *stage = stage_new(
        (struct batch_limits){ .write_lanes = 2, .read_lanes = 1, .queue = 512, .items = 64 });
    struct caller callers[] = { NAMED("a"), NAMED("b"), NAMED("c"), NAMED("d"), NAMED("e") };
    gate(stage, true);
    caller_start(stage, &callers[0]);
    wait_held(stage, 1);
    caller_start(stage, &callers[1]);
    wait_held(stage, 2);
    start_queued(stage, &callers[2]);
    start_queued(stage, &callers[3]);
    let(stage, "a");
    caller_join(&callers[0]);
    wait_held(stage, 2); /* b, and c with d */
    let(stage, "b");
    caller_join(&callers[1]);
    int64_t start_us = clock_mono_us();
    caller_start(stage, &callers[4]);
    wait_held(stage, 2);
    assert_true(clock_mono_us() - start_us >= 9000);
    assert_string_equal("c,d", stage->runs[2].names);
    assert_string_equal("e", stage->runs[3].names);
    gate(stage, false);
    for (size_t i = 2; i < 5; i++)
        caller_join(&callers[i]);
    free_all(callers, 5);
    stage_free(stage);
}

/* ---- busy and again ---- */

static enum ending play_busy(struct stage *stage, struct run *run, size_t item, const char *name, struct answer *ret)
{
    (void)stage, (void)item;
    if (name[0] == 'b' && !run->waits)
        ret->code = "busy";
    return ENDED_WELL;
}

static void a_busy_item_goes_to_the_waiting_lane_and_the_others_are_answered(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_busy;
    struct caller callers[] = { NAMED("a"), NAMED("b", .key = "kb"), NAMED("c") };
    run_behind_plug(stage, callers, 3);
    assert_string_equal("a,b,c", stage->runs[1].names);
    assert_string_equal("b", stage->runs[2].names);
    assert_true(stage->runs[2].waits);
    assert_string_equal("b", callers[1].answer.result);
    assert_string_equal("OK", callers[1].answer.code);
    free_all(callers, 3);
    stage_free(stage);
}

static void after_many_busy_items_batches_take_turns_but_not_for_long(void **state)
{
    (void)state;
    struct stage *stage = stage_new(
        (struct batch_limits){ .write_lanes = 2, .read_lanes = 1, .queue = 512, .items = 8 }); /* many is one */
    stage->play = play_busy;
    struct caller callers[] = { NAMED("b"), NAMED("a"), NAMED("c"), NAMED("d") };
    caller_start(stage, &callers[0]);
    caller_join(&callers[0]);
    gate(stage, true);
    caller_start(stage, &callers[1]);
    wait_held(stage, 1);
    int64_t start_us = clock_mono_us();
    start_queued(stage, &callers[2]);
    let(stage, "a"); /* its end is the other's turn */
    caller_join(&callers[1]);
    wait_held(stage, 1);
    assert_true(clock_mono_us() - start_us < 40 * 1000);
    start_us = clock_mono_us();
    caller_start(stage, &callers[3]);
    wait_held(stage, 2);
    assert_true(clock_mono_us() - start_us >= 40 * 1000);
    gate(stage, false);
    for (size_t i = 2; i < 4; i++)
        caller_join(&callers[i]);
    free_all(callers, 4);
    stage_free(stage);
}

static enum ending play_again_twice(struct stage *stage, struct run *run, size_t item, const char *name,
                                    struct answer *ret)
{
    (void)run, (void)item;
    if (text_equal(name, "g") && stage->run_count < 3)
        ret->code = "again";
    return ENDED_WELL;
}

static void an_item_that_says_again_is_queued_again(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_again_twice;
    struct caller caller = NAMED("g", .key = "kg");
    caller_start(stage, &caller);
    caller_join(&caller);
    assert_int_equal(ST_OK, caller.status);
    assert_int_equal(3, stage->run_count);
    caller_free(&caller);
    stage_free(stage);
}

static enum ending play_always_again(struct stage *stage, struct run *run, size_t item, const char *name,
                                     struct answer *ret)
{
    (void)stage, (void)run, (void)item, (void)name;
    ret->code = "again";
    return ENDED_WELL;
}

static void again_for_ever_ends_in_overloaded(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_always_again;
    struct caller caller = NAMED("g", .key = "kg");
    caller_start(stage, &caller);
    caller_join(&caller);
    assert_int_equal(ST_OVERLOADED, caller.status);
    assert_true(stage->run_count <= 8);
    caller_free(&caller);
    stage_free(stage);
}

/* ---- failures ---- */

static enum ending play_bad_item(struct stage *stage, struct run *run, size_t item, const char *name,
                                 struct answer *ret)
{
    (void)stage, (void)run, (void)item, (void)ret;
    return text_equal(name, "bad") ? ENDED_DEFECT : ENDED_WELL;
}

static void a_bad_item_ends_alone_and_is_reported_once(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_bad_item;
    struct caller callers[] = { NAMED("a"), NAMED("b"), NAMED("bad", .key = "kbad"), NAMED("c"), NAMED("d") };
    run_behind_plug(stage, callers, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(i == 2 ? ST_INTERNAL_ERROR : ST_OK, callers[i].status);
    assert_int_equal(1, stage->reports);
    free_all(callers, 5);
    stage_free(stage);
}

static void the_key_of_a_bad_item_rests_for_a_second(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_bad_item;
    struct caller first = NAMED("bad", .key = "kbad"), soon = NAMED("ok", .key = "kbad"),
                  other = NAMED("ok", .key = "other"), later = NAMED("ok", .key = "kbad");
    struct caller *callers[] = { &first, &soon, &other, &later };
    const enum status expected[] = { ST_INTERNAL_ERROR, ST_OVERLOADED, ST_OK, ST_OK };
    for (size_t i = 0; i < 4; i++) {
        if (callers[i] == &later)
            pause_ms(1050);
        caller_start(stage, callers[i]);
        caller_join(callers[i]);
        assert_int_equal(expected[i], callers[i]->status);
        caller_free(callers[i]);
    }
    stage_free(stage);
}

static enum ending play_contended(struct stage *stage, struct run *run, size_t item, const char *name,
                                  struct answer *ret)
{
    (void)stage, (void)run, (void)item, (void)ret;
    return text_equal(name, "locked") ? ENDED_CONTENDED : ENDED_WELL;
}

static void contention_is_halved_and_waited_out_on_the_waiting_lane(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_contended;
    struct caller callers[] = { NAMED("a"), NAMED("locked", .key = "kl", .patience_us = 600 * 1000) };
    run_behind_plug(stage, callers, 2);
    assert_int_equal(ST_OK, callers[0].status);
    assert_int_equal(ST_OVERLOADED, callers[1].status);
    assert_true(callers[1].took_us < SECOND_US);
    assert_false(stage->runs[3].waits); /* plug, both, a, locked, locked waiting, then looked at every 50 ms */
    assert_true(stage->runs[4].waits);
    assert_true(stage->run_count > 6 && stage->run_count < 20);
    assert_int_equal(0, stage->reports);
    free_all(callers, 2);
    stage_free(stage);
}

static void a_contended_read_is_tried_three_times_then_overloaded(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_contended;
    struct caller caller = NAMED("locked", .lane = LANE_READ);
    caller_start(stage, &caller);
    caller_join(&caller);
    assert_int_equal(ST_OVERLOADED, caller.status);
    assert_int_equal(3, stage->run_count);
    caller_free(&caller);
    stage_free(stage);
}

static enum ending play_stuck(struct stage *stage, struct run *run, size_t item, const char *name, struct answer *ret)
{
    (void)item;
    bool locked = stage->run_count == 2 || (name[0] == 's' && stage->run_count < 7);
    if (text_equal(name, "plug") || !locked)
        return ENDED_WELL;
    ret->code = "busy";
    return run->waits ? ENDED_CONTENDED : ENDED_WELL;
}

static void who_waits_for_a_long_lock_does_not_hold_up_those_whose_locks_are_free(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_stuck;
    struct caller callers[] = { NAMED("stuck", .key = "ks"), NAMED("b"), NAMED("c") };
    run_behind_plug(stage, callers, 3);
    assert_true(stage->runs[2].waits);
    assert_string_equal("stuck,b,c", stage->runs[2].names); /* all waited, in vain */
    assert_false(stage->runs[3].waits);
    assert_string_equal("stuck,b,c", stage->runs[3].names); /* b and c are free */
    for (size_t i = 4; i < 7; i++)
        assert_string_equal("stuck", stage->runs[i].names);
    assert_int_equal(7, stage->run_count);
    assert_string_equal("stuck", callers[0].answer.result);
    assert_true(callers[0].took_us > 3 * 50 * 1000 && callers[0].took_us < SECOND_US);
    assert_true(callers[1].took_us < 100 * 1000);
    free_all(callers, 3);
    stage_free(stage);
}

static enum ending play_cancelled(struct stage *stage, struct run *run, size_t item, const char *name,
                                  struct answer *ret)
{
    (void)stage, (void)run, (void)item, (void)ret;
    return text_equal(name, "slow") ? ENDED_CANCELLED : ENDED_WELL;
}

static void a_cancelled_item_is_overloaded_and_does_not_take_others_with_it(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_cancelled;
    struct caller callers[] = { NAMED("slow", .key = "ks"), NAMED("b") };
    run_behind_plug(stage, callers, 2);
    assert_int_equal(ST_OVERLOADED, callers[0].status);
    assert_int_equal(ST_OK, callers[1].status);
    free_all(callers, 2);
    stage_free(stage);
}

static enum ending play_away(struct stage *stage, struct run *run, size_t item, const char *name, struct answer *ret)
{
    (void)stage, (void)run, (void)item, (void)ret;
    return text_equal(name, "plug") ? ENDED_WELL : ENDED_AWAY;
}

static void without_a_connection_all_are_told_so_at_once(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_away;
    struct caller callers[] = { NAMED("a"), NAMED("b") };
    run_behind_plug(stage, callers, 2);
    assert_int_equal(ST_DATABASE_UNAVAILABLE, callers[0].status);
    assert_int_equal(ST_DATABASE_UNAVAILABLE, callers[1].status);
    assert_int_equal(2, stage->run_count);
    free_all(callers, 2);
    stage_free(stage);
}

static enum ending play_lost_once(struct stage *stage, struct run *run, size_t item, const char *name,
                                  struct answer *ret)
{
    (void)run, (void)item, (void)name, (void)ret;
    return stage->run_count == 2 ? ENDED_UNKNOWN : ENDED_WELL;
}

static void a_lost_batch_is_sent_once_more_whole(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_lost_once;
    struct caller callers[] = { NAMED("a", .key = "ka"), NAMED("b", .key = "kb") };
    run_behind_plug(stage, callers, 2);
    assert_int_equal(3, stage->run_count);
    assert_string_equal(stage->runs[1].names, stage->runs[2].names);
    assert_int_equal(ST_OK, callers[0].status);
    assert_int_equal(ST_OK, callers[1].status);
    free_all(callers, 2);
    stage_free(stage);
}

static enum ending second_ending;
static enum ending play_lost_then(struct stage *stage, struct run *run, size_t item, const char *name,
                                  struct answer *ret)
{
    (void)run, (void)item, (void)name, (void)ret;
    return stage->run_count == 2 ? ENDED_UNKNOWN : stage->run_count == 3 ? second_ending : ENDED_WELL;
}

static void any_failure_of_the_second_sending_is_unknown_to_all(void **state)
{
    (void)state;
    const enum ending endings[] = { ENDED_UNKNOWN,   ENDED_AWAY,   ENDED_CONTENDED,
                                    ENDED_CANCELLED, ENDED_DEFECT, ENDED_GARBLED };
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        struct stage *stage = stage_of_one_worker();
        stage->play = play_lost_then;
        second_ending = endings[i];
        struct caller callers[] = { NAMED("a", .key = "ka"), NAMED("b", .key = "kb") };
        run_behind_plug(stage, callers, 2);
        assert_int_equal(3, stage->run_count);
        assert_int_equal(ST_RESULT_UNKNOWN, callers[0].status);
        assert_int_equal(ST_RESULT_UNKNOWN, callers[1].status);
        free_all(callers, 2);
        stage_free(stage);
    }
}

static void a_lost_write_without_a_key_is_not_sent_again(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_lost_once;
    struct caller callers[] = { NAMED("a", .key = "ka"), NAMED("b") };
    run_behind_plug(stage, callers, 2);
    assert_string_equal("a", stage->runs[2].names);
    assert_int_equal(ST_OK, callers[0].status);
    assert_int_equal(ST_RESULT_UNKNOWN, callers[1].status);
    free_all(callers, 2);
    stage_free(stage);
}

static void a_lost_read_is_sent_again_without_a_key(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_lost_once;
    struct caller callers[] = { NAMED("a", .lane = LANE_READ), NAMED("b", .lane = LANE_READ) };
    run_behind_plug(stage, callers, 2);
    assert_string_equal("a,b", stage->runs[2].names);
    assert_int_equal(ST_OK, callers[1].status);
    free_all(callers, 2);
    stage_free(stage);
}

static enum ending play_garbled(struct stage *stage, struct run *run, size_t item, const char *name, struct answer *ret)
{
    (void)stage, (void)run, (void)item, (void)ret;
    return text_equal(name, "plug") ? ENDED_WELL : ENDED_GARBLED;
}

static void rows_that_do_not_fit_the_items_are_an_internal_error_and_not_run_again(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_garbled;
    struct caller callers[] = { NAMED("a", .key = "ka"), NAMED("b", .key = "kb") };
    run_behind_plug(stage, callers, 2);
    assert_int_equal(2, stage->run_count);
    assert_int_equal(ST_INTERNAL_ERROR, callers[0].status);
    assert_int_equal(ST_INTERNAL_ERROR, callers[1].status);
    assert_int_equal(1, stage->reports);
    free_all(callers, 2);
    stage_free(stage);
}

/* ---- keys in flight ---- */

static void a_second_call_with_a_key_in_flight_follows_the_first(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller callers[] = { NAMED("a1", .key = "k"), NAMED("a2", .key = "k"), NAMED("b", .key = "kb"),
                                NAMED("a3", .key = "k") };
    run_behind_plug(stage, callers, 4);
    assert_int_equal(4, stage->run_count);
    assert_string_equal("a1,b", stage->runs[1].names); /* one key never twice in one batch */
    assert_string_equal("a2", stage->runs[2].names);
    assert_string_equal("a3", stage->runs[3].names);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(callers[i].name, callers[i].answer.result);
    free_all(callers, 4);
    stage_free(stage);
}

static void a_follower_moves_up_when_the_first_leaves_the_queue(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller plug = { .name = NULL };
    struct caller first = NAMED("a1", .key = "k", .patience_us = 400 * 1000), second = NAMED("a2", .key = "k");
    start_plug(stage, &plug);
    start_queued(stage, &first);
    start_queued(stage, &second);
    caller_join(&first);
    gate(stage, false);
    caller_join(&second);
    caller_join(&plug);
    assert_int_equal(ST_OVERLOADED, first.status);
    assert_int_equal(ST_OK, second.status);
    assert_string_equal("a2", stage->runs[1].names);
    struct caller done[] = { plug, first, second };
    free_all(done, 3);
    stage_free(stage);
}

static void a_follower_may_leave_at_its_deadline(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller callers[] = { NAMED("a1", .key = "k"), NAMED("a2", .key = "k", .patience_us = 400 * 1000),
                                NAMED("a3", .key = "k") };
    start_plug(stage, &callers[0]);
    start_queued(stage, &callers[1]);
    start_queued(stage, &callers[2]);
    caller_join(&callers[1]);
    gate(stage, false);
    caller_join(&callers[0]);
    caller_join(&callers[2]);
    assert_int_equal(ST_OK, callers[0].status);
    assert_int_equal(ST_OVERLOADED, callers[1].status);
    assert_int_equal(ST_OK, callers[2].status);
    assert_int_equal(2, stage->run_count);
    free_all(callers, 3);
    stage_free(stage);
}

static void followers_of_a_bad_item_meet_its_rest(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    stage->play = play_bad_item;
    struct caller callers[] = { NAMED("bad", .key = "k"), NAMED("a2", .key = "k"), NAMED("a3", .key = "k") };
    run_behind_plug(stage, callers, 3);
    assert_int_equal(ST_INTERNAL_ERROR, callers[0].status);
    assert_int_equal(ST_OVERLOADED, callers[1].status);
    assert_int_equal(ST_OVERLOADED, callers[2].status);
    free_all(callers, 3);
    stage_free(stage);
}

/* ---- deadlines, bound, end ---- */

static void a_caller_leaves_while_queued_and_its_item_is_never_run(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller plug = { .name = NULL }, late = NAMED("late", .patience_us = 100 * 1000);
    start_plug(stage, &plug);
    caller_start(stage, &late);
    caller_join(&late);
    assert_int_equal(ST_OVERLOADED, late.status);
    assert_true(late.took_us < SECOND_US);
    gate(stage, false);
    caller_join(&plug);
    assert_int_equal(1, stage->run_count);
    caller_free(&plug);
    caller_free(&late);
    stage_free(stage);
}

static void a_caller_whose_item_is_taken_waits_for_its_end(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller taken = NAMED("taken", .patience_us = 400 * 1000);
    start_plug(stage, &taken);
    pause_ms(500);
    gate(stage, false);
    caller_join(&taken);
    assert_int_equal(ST_OK, taken.status);
    assert_string_equal("taken", taken.answer.result);
    caller_free(&taken);
    stage_free(stage);
}

static void a_run_is_told_the_earliest_deadline_of_its_items(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    int64_t before_us = clock_mono_us();
    struct caller callers[] = { NAMED("a"), NAMED("b", .patience_us = 1500 * 1000), NAMED("c") };
    run_behind_plug(stage, callers, 3);
    assert_true(stage->runs[1].until_us < before_us + 1600 * 1000);
    assert_true(stage->runs[1].until_us >= before_us + 1500 * 1000);
    free_all(callers, 3);
    stage_free(stage);
}

static void a_full_queue_refuses_at_once(void **state)
{
    (void)state;
    struct stage *stage = stage_new(
        (struct batch_limits){ .write_lanes = 1, .read_lanes = 1, .queue = 2, .items = 64 });
    struct caller plug = { .name = NULL }, callers[] = { NAMED("a"), NAMED("b", .key = "k"), NAMED("c") };
    start_plug(stage, &plug);
    start_queued(stage, &callers[0]);
    start_queued(stage, &callers[1]);
    caller_start(stage, &callers[2]);
    caller_join(&callers[2]);
    assert_int_equal(ST_OVERLOADED, callers[2].status);
    assert_true(callers[2].took_us < SECOND_US);
    gate(stage, false);
    caller_join(&callers[0]);
    caller_join(&callers[1]);
    caller_join(&plug);
    assert_int_equal(ST_OK, callers[1].status);
    free_all(callers, 3);
    caller_free(&plug);
    stage_free(stage);
}

static void *close_batch(void *batch)
{
    batch_close(batch);
    return NULL;
}

static void closing_ends_the_running_batch_and_refuses_what_is_queued(void **state)
{
    (void)state;
    struct stage *stage = stage_of_one_worker();
    struct caller plug = NAMED("plug", .key = "k"), follower = NAMED("f", .key = "k"), queued = NAMED("q", .key = "q"),
                  behind = NAMED("q2", .key = "q");
    start_plug(stage, &plug);
    start_queued(stage, &follower);
    start_queued(stage, &queued);
    start_queued(stage, &behind);
    pthread_t closer;
    pthread_create(&closer, NULL, close_batch, stage->batch);
    caller_join(&queued);
    caller_join(&behind);
    gate(stage, false);
    pthread_join(closer, NULL);
    caller_join(&plug);
    caller_join(&follower);
    assert_int_equal(ST_OK, plug.status);
    assert_int_equal(ST_OVERLOADED, follower.status);
    assert_int_equal(ST_OVERLOADED, queued.status);
    assert_int_equal(ST_OVERLOADED, behind.status);
    assert_int_equal(stage->opened, stage->closed);
    struct caller done[] = { plug, follower, queued, behind };
    free_all(done, 4);
    arena_free(stage->arena);
}

/* ---- all together ---- */

static enum ending play_storm(struct stage *stage, struct run *run, size_t item, const char *name, struct answer *ret)
{
    (void)item, (void)name;
    size_t n = stage->run_count;
    if (n % 7 == 0 && !run->waits)
        ret->code = item % 2 ? "busy" : "again";
    return n % 11 == 0 ? ENDED_CONTENDED : n % 13 == 0 ? ENDED_UNKNOWN : ENDED_WELL;
}

static void *call_often(void *argument)
{
    struct caller *caller = argument;
    for (int i = 0; i < 6; i++) {
        call(caller);
        bool own = caller->status == ST_OK && text_equal(caller->answer.result, caller->name) &&
                   text_equal(caller->answer.code, "OK");
        if (!own && caller->status != ST_OVERLOADED && caller->status != ST_RESULT_UNKNOWN)
            caller->wrong++;
    }
    return NULL;
}

static void storm(int64_t patience_us)
{
    struct stage *stage = stage_new(
        (struct batch_limits){ .write_lanes = 2, .read_lanes = 1, .queue = 512, .items = 16 });
    stage->play = play_storm;
    static struct caller callers[48];
    for (size_t i = 0; i < 48; i++) {
        callers[i] = (struct caller){ .stage = stage,
                                      .query = i % 5 ? QUERY_A : QUERY_B,
                                      .lane = i % 3 ? LANE_WRITE : LANE_READ,
                                      .arena = arena_new(),
                                      .patience_us = patience_us };
        callers[i].name = arena_printf(callers[i].arena, "n%zu", i);
        callers[i].key = arena_printf(callers[i].arena, "k%zu", i % 40); /* eight keys are shared */
        callers[i].client = arena_printf(callers[i].arena, "c%zu", i % 3);
        assert_int_equal(0, pthread_create(&callers[i].thread, NULL, call_often, &callers[i]));
    }
    for (size_t i = 0; i < 48; i++)
        pthread_join(callers[i].thread, NULL);
    for (size_t i = 0; i < 48; i++)
        assert_int_equal(0, callers[i].wrong);
    assert_int_equal(0, batch_waiting(stage->batch));
    free_all(callers, 48);
    stage_free(stage);
}

static void under_load_everybody_gets_an_answer_and_it_is_his_own(void **state)
{
    (void)state;
    storm(20 * SECOND_US);
}

static void under_load_with_no_patience_nobody_is_forgotten(void **state)
{
    (void)state;
    for (int64_t patience_us = 200; patience_us < 50 * 1000; patience_us *= 3)
        storm(patience_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_call_alone_runs_at_once_as_a_batch_of_one),
        cmocka_unit_test(all_that_waits_becomes_one_batch_in_order_of_arrival),
        cmocka_unit_test(a_batch_holds_at_most_the_configured_items),
        cmocka_unit_test(a_batch_is_of_one_query_and_the_oldest_item_says_which),
        cmocka_unit_test(a_client_gets_a_share_while_others_wait),
        cmocka_unit_test(a_client_alone_may_fill_a_batch),
        cmocka_unit_test(lanes_do_not_wait_for_each_other),
        cmocka_unit_test(two_workers_of_a_lane_share_its_queue),
        cmocka_unit_test(a_second_worker_waits_for_as_many_as_run_but_not_for_long),
        cmocka_unit_test(a_busy_item_goes_to_the_waiting_lane_and_the_others_are_answered),
        cmocka_unit_test(after_many_busy_items_batches_take_turns_but_not_for_long),
        cmocka_unit_test(an_item_that_says_again_is_queued_again),
        cmocka_unit_test(again_for_ever_ends_in_overloaded),
        cmocka_unit_test(a_bad_item_ends_alone_and_is_reported_once),
        cmocka_unit_test(the_key_of_a_bad_item_rests_for_a_second),
        cmocka_unit_test(contention_is_halved_and_waited_out_on_the_waiting_lane),
        cmocka_unit_test(a_contended_read_is_tried_three_times_then_overloaded),
        cmocka_unit_test(who_waits_for_a_long_lock_does_not_hold_up_those_whose_locks_are_free),
        cmocka_unit_test(a_cancelled_item_is_overloaded_and_does_not_take_others_with_it),
        cmocka_unit_test(without_a_connection_all_are_told_so_at_once),
        cmocka_unit_test(a_lost_batch_is_sent_once_more_whole),
        cmocka_unit_test(any_failure_of_the_second_sending_is_unknown_to_all),
        cmocka_unit_test(a_lost_write_without_a_key_is_not_sent_again),
        cmocka_unit_test(a_lost_read_is_sent_again_without_a_key),
        cmocka_unit_test(rows_that_do_not_fit_the_items_are_an_internal_error_and_not_run_again),
        cmocka_unit_test(a_second_call_with_a_key_in_flight_follows_the_first),
        cmocka_unit_test(a_follower_moves_up_when_the_first_leaves_the_queue),
        cmocka_unit_test(a_follower_may_leave_at_its_deadline),
        cmocka_unit_test(followers_of_a_bad_item_meet_its_rest),
        cmocka_unit_test(a_caller_leaves_while_queued_and_its_item_is_never_run),
        cmocka_unit_test(a_caller_whose_item_is_taken_waits_for_its_end),
        cmocka_unit_test(a_run_is_told_the_earliest_deadline_of_its_items),
        cmocka_unit_test(a_full_queue_refuses_at_once),
        cmocka_unit_test(closing_ends_the_running_batch_and_refuses_what_is_queued),
        cmocka_unit_test(under_load_everybody_gets_an_answer_and_it_is_his_own),
        cmocka_unit_test(under_load_with_no_patience_nobody_is_forgotten),
    };
    return cmocka_run_group_tests_name("db/batch", tests, NULL, NULL);
}
