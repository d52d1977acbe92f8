/* gongji.outcome as text -> struct outcome, and what trying again needs. */
#include "answer.h"

#include <gongji/base/crypto.h>
#include <gongji/base/json.h>
#include <gongji/base/log.h>
#include <gongji/base/str.h>

#include <string.h>
#include <time.h>

void contention_pause(void)
{
    unsigned char random;
    crypto_random(&random, sizeof(random));
    nanosleep(&(struct timespec){ .tv_nsec = 5000000 + random * 150000L }, NULL); /* 5–43 ms */
}

void defect_log(const char *function, const struct defect *defect)
{
    log_event(LOG_ERROR, "database_defect", LOG_TEXT("function", function), LOG_TEXT("sqlstate", defect->sqlstate),
              LOG_TEXT("message", defect->message));
}

static enum status unreadable(const char *function, const char *why)
{
    struct defect defect = { .sqlstate = "" };
    strncat(defect.message, why, sizeof(defect.message) - 1);
    defect_log(function, &defect);
    return ST_INTERNAL_ERROR;
}

/* "{A,B}": codes are plain words, so the literal of a text[] of them is never quoted. */
static bool read_codes(const char *literal, struct arena *arena, const enum status **ret, size_t *ret_count)
{
    size_t length = literal ? strlen(literal) : 0, count = 0;
    if (literal && (length < 2 || literal[0] != '{' || literal[length - 1] != '}'))
        return false;
    enum status *codes = arena_alloc(arena, (length / 2 + 1) * sizeof(*codes));
    char *words = length > 2 ? arena_strndup(arena, literal + 1, length - 2) : NULL;
    for (char *word; (word = strsep(&words, ","));)
        if (!status_from_code(word, &codes[count++]))
            return false;
    *ret = codes;
    *ret_count = count;
    return true;
}

/* PostgreSQL writes jsonb with a blank behind each comma and colon; ours goes out without. */
static const char *without_blanks(struct arena *arena, const char *text)
{
    char *compact = arena_alloc(arena, strlen(text) + 1), *at = compact;
    for (bool quoted = false; *text; text++) {
        if (quoted && *text == '\\')
            *at++ = *text++;
        else if (*text == '"')
            quoted = !quoted;
        else if (*text == ' ' && !quoted)
            continue;
        *at++ = *text;
    }
    return compact;
}

enum status answer_read(const struct answer *answer, const char *function, const struct db_call *call,
                        struct outcome *ret)
{
    struct arena *arena = call->arena;
    struct outcome outcome = { .replayed = answer->replayed };
    if (!answer->code || !status_from_code(answer->code, &outcome.code))
        return unreadable(function, answer->code ? arena_printf(arena, "unknown code %s", answer->code) : "no code");
    if (!read_codes(answer->codes, arena, &outcome.codes, &outcome.code_count))
        return unreadable(function, "unknown code in codes");
    if (answer->result && call->passed_on && status_succeeded(outcome.code)) {
        outcome.text = without_blanks(arena, answer->result);
    } else if (answer->result) {
        json_t *result = json_loads(answer->result, JSON_DECODE_ANY, NULL);
        if (!result)
            return unreadable(function, "result is not JSON");
        outcome.result = json_keep(arena, result);
    }
    *ret = outcome;
    return ST_OK;
}
