/* POST /v1/notifications/wechatpay/{merchant} and …/alipay/{app}: a payment channel tells us of cash, in its own words and expecting
 * its own answer. No token: the signature says who speaks. What is not acknowledged is sent again by the channel. */
#include <gongji/api/api.h>

#include <gongji/base/clock.h>
#include <gongji/base/log.h>
#include <gongji/db/payments.h>

/* The channel is the caller, by the name it has in the configuration. */
static struct db_call *notice_call(struct request *rq, const char *channel, const char *party)
{
    struct arena *arena = rq_arena(rq);
    struct db_call *call = arena_alloc(arena, sizeof *call);
    json_t *context = json_pack("{s:s, s:s, s:s}", "issuer", channel, "sub", party, "request_id", rq_id(rq));
    if (!context)
        out_of_memory();
    *call = (struct db_call){ .arena = arena,
                              .deadline_us = rq_deadline_us(rq),
                              .context = json_text(arena, json_keep(arena, context)),
                              .client = channel };
    return call;
}

static enum status settle(struct app *app, struct request *rq, const char *channel, const char *party,
                          const struct cash_notice *notice)
{
    char paid_at[33];
    struct outcome out;
    clock_rfc3339(notice->paid_us, paid_at);
    struct cash_notify in = { .channel = channel,
                              .out_trade_no = notice->out_trade_no,
                              .transaction_id = notice->transaction_id,
                              .amount_fen = db_int(rq_arena(rq), notice->amount_fen),
                              .paid_at = paid_at };
    TRY(db_cash_notify(app->db, notice_call(rq, channel, party), &in, &out));
    if (!status_succeeded(out.code))
        return out.code;
    api_count_cash(json_string_value(json_object_get(out.result, "outcome")));
    return ST_OK;
}

/* A refused notice is either an attack or a mistake in somebody's configuration: the log says which kind. */
static enum status told(struct request *rq, const char *channel, enum status status)
{
    if (status != ST_OK)
        log_event(LOG_WARN, "notice_refused", LOG_TEXT("channel", channel), LOG_TEXT("code", status_code(status)),
                  LOG_TEXT("request_id", rq_id(rq)));
    return status;
}

/* 204, or 4xx/5xx with {"code": "FAIL", "message": …}. */
enum status api_notification_wechatpay(struct app *app, struct request *rq)
{
    static const char CHANNEL[] = "wechatpay";
    const char *merchant = rq_path(rq, "merchant");
    struct wechatpay_notice in = { .timestamp = rq_header(rq, "Wechatpay-Timestamp"),
                                   .nonce = rq_header(rq, "Wechatpay-Nonce"),
                                   .signature = rq_header(rq, "Wechatpay-Signature"),
                                   .serial = rq_header(rq, "Wechatpay-Serial"),
                                   .body = rq_bytes(rq) };
    struct cash_notice notice;
    enum status status = wechatpay_read(app->wechatpay, rq_arena(rq), merchant, &in, &notice);
    if (status == ST_OK && notice.paid)
        status = settle(app, rq, CHANNEL, merchant, &notice);
    if (told(rq, CHANNEL, status) == ST_OK)
        return reply_empty(rq, ST_NO_CONTENT);
    return reply_bytes(
        rq, status, "application/json",
        str_of(arena_printf(rq_arena(rq), "{\"code\":\"FAIL\",\"message\":\"%s\"}", status_title(status, LANG_ZH))));
}

/* The seven bytes "success", or anything else and it comes again. */
enum status api_notification_alipay(struct app *app, struct request *rq)
{
    static const char CHANNEL[] = "alipay";
    const char *name = rq_path(rq, "app");
    struct cash_notice notice;
    enum status status = alipay_read(app->alipay, rq_arena(rq), name, rq_bytes(rq), &notice);
    if (status == ST_OK && notice.paid)
        status = settle(app, rq, CHANNEL, name, &notice);
    status = told(rq, CHANNEL, status);
    return reply_bytes(rq, status, "text/plain", status == ST_OK ? STR("success") : STR("failure"));
}
