#pragma once
/* One HTTP request as a handler sees it: who calls, path and query parameters, headers, the body; and its one reply.
 * A handler is straight lines: parse, check, call, reply. It returns ST_OK after a reply_… call, or a failure that the
 * edge turns into problem+json (with rq_refuse's codes or the collected faults).
 *
 *     enum status api_person_freeze(struct app *app, struct request *rq)
 *     {
 *         struct person_freeze in = { .person_no = rq_path(rq, "person_id") };
 *         struct outcome out;
 *         TRY(rq_json(rq, (struct field[]){ { "frozen", FIELD_BOOL, &in.frozen },
 *                                           { "reason", FIELD_TEXT, &in.reason }, { 0 } }));
 *         TRY(db_person_freeze(app->db, api_call(app, rq), &in, &out));
 *         return api_reply(rq, &out);
 *     }
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include <gongji/base/arena.h>
#include <gongji/base/json.h>
#include <gongji/base/status.h>
#include <gongji/base/str.h>

struct request;

/* Who calls, as the verified token says. Texts live as long as the request. */
struct caller {
    const char *issuer; /* section name */
    const char *iss, *sub;
    const char *client_id; /* NULL when the token has none */
    const char *actor;     /* act.sub (RFC 8693), NULL when the subject acts */
    const char *channel;
    const char *operator_person_id, *terminal_id; /* NULL when absent */
    bool id_sighted;
    const char *const *scopes;        /* granted, NULL-terminated */
    const char *const *areas;         /* NULL-terminated; NULL = none */
    const char *const *cash_channels; /* whose cash the issuer may report; NULL-terminated */
    const char *scope;                /* the scope of the route that let the call in */
};

struct arena *rq_arena(struct request *rq);
const struct caller *rq_caller(const struct request *rq);
bool rq_has_scope(const struct request *rq, const char *scope);
const char *rq_id(const struct request *rq); /* Request-Id */
const char *rq_method(const struct request *rq);
const char *rq_target(const struct request *rq); /* the path as routed, without the query */
enum language rq_language(const struct request *rq);
/* On clock_mono_us(). With BODY_SPOOL it counts from the end of the upload. */
int64_t rq_deadline_us(const struct request *rq);
const char *rq_path(const struct request *rq,
                    const char *name); /* path parameter; NULL: this route has none of that name */
const char *rq_header(const struct request *rq, const char *name); /* NULL when absent */
/* The one of `offers` (NULL-terminated media types, the usual one first) that Accept prefers; NULL when it takes none:
 * ST_NOT_ACCEPTABLE. */
const char *rq_accepts(const struct request *rq, const char *const *offers);
const char *rq_idempotency_key(const struct request *rq); /* unquoted; NULL on routes that do not take one */
const char *rq_access_reason(const struct request *rq);   /* NULL when absent or malformed */
/* Access-Reason is needed when staff read a named person: ST_ACCESS_REASON_REQUIRED when it is absent or not 1–200
 * characters of UTF-8. */
enum status rq_need_reason(struct request *rq);

enum query_kind { QUERY_TEXT, QUERY_INT, QUERY_BOOL, QUERY_DATE, QUERY_INSTANT };
struct query_field {
    const char *name;
    enum query_kind kind;
    void *ret; /* const char **, int64_t *, bool *; QUERY_INSTANT gives const char ** RFC 3339; untouched when absent */
    bool required;
    int64_t min, max;
    const char *const *one_of;
    bool (*check)(const char *text);
};
/* ST_VALIDATION_FAILED with all faults, whose pointers are "?name". Unknown and repeated parameters are faults too; a
 * handler that never calls this takes none. */
enum status rq_query(struct request *rq, const struct query_field *fields);

/* The JSON body against a table of fields; ST_VALIDATION_FAILED with every fault. rq_fault() may add more later. */
enum status rq_json(struct request *rq, const struct field *fields);
const json_t *rq_json_body(struct request *rq); /* the parsed body, after rq_json */
struct faults *rq_faults(struct request *rq);
/* Gives ST_VALIDATION_FAILED. */
enum status rq_fault(struct request *rq, const char *pointer, const char *code, const char *detail);
struct str rq_bytes(const struct request *rq); /* BODY_BYTES */
FILE *rq_spool(struct request *rq);            /* BODY_SPOOL: at its start */

/* Person number whose card or e-credential `token` proves was shown (kind credential); NULL: it proves nothing. */
const char *rq_credential(struct request *rq, const char *token);

/* Business refusal: all codes in order; extras (may be NULL, reference taken) is an object keyed by code with extra
 * members of the problem. Gives codes[0]. */
enum status rq_refuse(struct request *rq, const enum status *codes, size_t count, json_t *extras);

/* A limit of the handler's own, per caller and `what` ("resolve"): ST_OK, or ST_RATE_LIMITED with Retry-After. */
enum status rq_limit(struct request *rq, const char *what, int64_t per_minute);

/* Replies. `body`'s reference is taken. Each gives ST_OK. */
enum status reply_json(struct request *rq, enum status code, json_t *body);
enum status reply_json_text(struct request *rq, enum status code, const char *body); /* of the request's arena */
enum status reply_bytes(struct request *rq, enum status code, const char *content_type, struct str bytes);
/* Bytes that outlive every request: not copied. */
enum status reply_static(struct request *rq, enum status code, const char *content_type, struct str bytes);
enum status reply_empty(struct request *rq, enum status code);
void reply_header(struct request *rq, const char *name, const char *value); /* extra header, before the reply */
