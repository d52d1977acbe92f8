#pragma once
/* One request as the files of http/ see it. Other layers use gongji/http/request.h.
 * Nothing here is shared between threads except what `struct server` guards itself. */
#include <stdatomic.h>

#include <gongji/http/server.h>

#include "limit.h"

struct MHD_Connection;
struct MHD_Daemon;

enum { HEADERS_MAX = 64, TARGET_MAX = 4096, REQUEST_ID_MAX = 128 };

struct server {
    struct server_setup setup;
    struct limit *limit;
    struct MHD_Daemon *daemon;
    const char *socket_path; /* the UNIX socket to remove at the end, or NULL */
    atomic_bool draining;
    atomic_int in_flight; /* requests whose headers were read and whose reply is not yet sent */
};

struct header {
    const char *name, *value;
};

struct refusal {
    const enum status *codes;
    size_t count;
    json_t *extras; /* {"CODE": {member: value}}, or NULL */
};

struct reply {
    bool ready;
    int http;                 /* status line */
    const char *content_type; /* NULL: no body */
    bool worded;              /* carries sentences in the caller's language */
    struct str bytes;
    struct header headers[24];
    size_t header_count;
};

struct request {
    struct arena *arena;
    struct server *server;
    struct MHD_Connection *connection; /* NULL in unit tests */
    const char *method, *version;
    const char *target, *path, *query; /* as sent; query without '?', NULL when there is none */
    const char *target_at;             /* where MHD read the target: only compared, never read */
    const char *peer;                  /* address of the other end, "local" on a UNIX socket */
    struct header headers[HEADERS_MAX];
    size_t header_count;
    bool too_many_headers;
    char id[REQUEST_ID_MAX + 1];
    enum language language;
    int64_t started_us, deadline_us; /* on clock_mono_us() */
    bool begun;                      /* the headers have been judged */
    bool close;                      /* answer with Connection: close */
    bool queued;                     /* MHD has the reply */
    enum status verdict;             /* what the headers alone decide; ST_OK: the handler decides */
    struct route_match match;
    struct caller caller;
    const char *idempotency_key;
    struct limit_rule limited; /* with RATE_LIMITED: by what, and for how long */
    int64_t limited_s;
    struct buf body;
    FILE *spool;
    int64_t received, body_limit;
    json_t *json;
    bool query_read;
    struct faults faults;
    struct refusal refusal;
    struct reply reply;
};

/* request.c */
struct request *request_new(struct server *server, const char *target);
void request_free(struct request *rq);
void request_name(struct request *rq); /* Request-Id and language, from the headers */
bool request_has_body(const struct request *rq);
int64_t request_length(const struct request *rq); /* declared Content-Length, -1 when there is none */
const char *request_client(struct request *rq);   /* whom a rate limit counts */

/* language.c: what Accept headers are made of. */
enum language language_pick(const char *accept_language);
int weight_of(const char *text, size_t length);   /* "q=0.8" -> 800; anything else is no weight: 0 */
size_t trimmed(const char **text, size_t length); /* without blanks on both sides */
const char *accept_pick(const char *accept, const char *const *offers); /* accept.c */

/* query.c: true when every parameter was looked at by rq_query; adds the faults otherwise. */
bool query_spent(struct request *rq);

/* body.c: a piece of the body as it comes in; false: give the connection up. */
bool body_take(struct request *rq, struct str piece);
enum { DISCARD_MAX = 1 << 20 }; /* of a body that nobody wants, so much is read to keep the connection in step */

/* guard.c: ST_OK, or why this request and its connection end here. */
enum status guard_check(const struct request *rq);
bool guard_method_known(const char *method);

/* check.c: the checks that need only the headers, in the documented order; ST_OK lets the body in. */
enum status check_headers(struct request *rq);

/* problem.c: the reply that tells a failure. */
void problem_reply(struct request *rq, enum status status);

/* edge.c: what MHD's calls mean. Gives enum MHD_Result. */
int edge_call(struct request *rq, const char *upload, size_t *upload_size);
void edge_done(struct request *rq);
