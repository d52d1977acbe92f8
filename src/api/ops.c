/* Operations: is the process alive, can it serve, what has it counted, what does it offer. No token. */
#include <gongji/api/api.h>
#include <gongji/base/metrics.h>

extern const char OPENAPI_JSON[]; /* generated from config/openapi.yaml */
extern const size_t OPENAPI_JSON_LENGTH;

static enum status reply_state(struct request *rq, const char *state)
{
    json_t *body = json_pack("{s:s}", "status", state);
    if (!body)
        out_of_memory();
    return reply_json(rq, ST_OK, body);
}

enum status api_livez(struct app *app, struct request *rq)
{
    (void)app; /* alive says nothing about the database: restarting us would not bring it back */
    return reply_state(rq, "alive");
}

enum status api_readyz(struct app *app, struct request *rq)
{
    if (app->draining())
        return ST_SERVICE_DRAINING;
    TRY(db_ping(app->db));
    return reply_state(rq, "ready");
}

enum status api_metrics(struct app *app, struct request *rq)
{
    (void)app;
    struct buf text = buf_new(rq_arena(rq));
    metrics_render(&text);
    return reply_bytes(rq, ST_OK, "text/plain; version=0.0.4; charset=utf-8",
                       (struct str){ buf_text(&text), text.length });
}

enum status api_openapi(struct app *app, struct request *rq)
{
    (void)app;
    return reply_bytes(rq, ST_OK, "application/json", (struct str){ OPENAPI_JSON, OPENAPI_JSON_LENGTH });
}
