#pragma once
/* All endpoints. A handler reads its request, asks the database once, and replies; routes.c says which path leads to which. */
#include <gongji/base/conf.h>
#include <gongji/base/crypto.h>
#include <gongji/channel/alipay.h>
#include <gongji/channel/wechatpay.h>
#include <gongji/db/db.h>
#include <gongji/http/request.h>
#include <gongji/http/router.h>

struct app {
    const struct conf *conf;
    struct db *db;
    struct key_ring *seal_keys, *index_keys;
    struct wechatpay *wechatpay;
    struct alipay *alipay;
    bool (*draining)(void);
};

extern const struct route ROUTES[];
extern const size_t ROUTE_COUNT;

/* --- shared by the handlers (common.c) --- */

/* The database call of a request: caller, reason, idempotency scope and fingerprint as p_ctx, the request's arena and deadline. */
struct db_call *api_call(struct app *app, struct request *rq);
/* The same for refunds: who may refund is staff there, whatever else the token holds. */
struct db_call *api_call_refunder(struct app *app, struct request *rq);
/* The same for the long connection: reading many rows takes longer than a request may otherwise. */
struct db_call *api_long_call(struct app *app, struct request *rq);
/* Turns what SQL answered into the reply: the body as it is on success (with Idempotency-Replayed), else the refusal. */
enum status api_reply(struct request *rq, const struct outcome *out);
/* Refusal or NULL body only; the handler renders a success itself. */
enum status api_refusal(struct request *rq, const struct outcome *out);

/* Lists: `limit` and `cursor` beside the filters of `fields`; filters travel in the cursor, which is signed. */
struct list_query {
    const char *filter; /* JSON text of the filters given, by name */
    const char *after;  /* JSON text of the position, NULL on the first page */
    const char *limit;  /* "50" */
    json_t *filter_json;
};
enum status api_list_query(struct app *app, struct request *rq, const struct query_field *fields,
                           struct list_query *ret);
/* {"data": […], "next": position|null} of SQL becomes {"data": […], "next_cursor": "…"|null}. */
enum status api_list_reply(struct app *app, struct request *rq, const struct list_query *list, struct outcome *out);
/* The cursor of the position that SQL gave as "next", for replies that are not JSON; NULL when there is no next page. */
const char *api_list_cursor(struct app *app, struct request *rq, const struct list_query *list, const json_t *next);

/* CSV as RFC 4180 has it: the names of the columns, then an object a row; what is neither text nor integer is an empty cell. */
void api_csv_header(struct buf *csv, const char *const *columns);
void api_csv_row(struct buf *csv, const char *const *columns, const json_t *object);

/* Identity: blind indexes under every active index key, as PostgreSQL array literals. */
struct identity {
    const char *name, *id_number; /* canonical */
    const char *blind_indexes,
        *match_digests;        /* text[] of HMAC(ID number), HMAC(ID number, name); element i under index key i */
    const char *index_key_ids; /* text[] */
};
/* Adds faults at pointer/name and pointer/id_number (ST_ID_NUMBER_INVALID alone when only the number's form is wrong). Fails on faults
 * that stand already, too: after an unchecked rq_json() all are told together; what that did not read is NULL here. */
enum status api_identity(struct app *app, struct request *rq, const char *pointer, const char *name,
                         const char *id_number, struct identity *ret);
/* text[] of HMAC(person_no, name) under every index key: compared with person.name_digest (element 0 is what is stored). */
const char *api_name_digests(struct app *app, struct arena *arena, const char *person_no, const char *name);
/* integer[] literal of a list of integers, NULL when it is empty; ST_VALIDATION_FAILED when any of the body's faults stand. */
enum status api_repair_years(struct request *rq, const json_t *years, const char **ret);

/* --- operations --- */
enum status api_livez(struct app *app, struct request *rq);
enum status api_readyz(struct app *app, struct request *rq);
enum status api_metrics(struct app *app, struct request *rq);
enum status api_openapi(struct app *app, struct request *rq);
enum status api_docs(struct app *app, struct request *rq);

/* --- persons --- */
enum status api_person_put(struct app *app, struct request *rq);
enum status api_person_get(struct app *app, struct request *rq);
enum status api_person_resolve(struct app *app, struct request *rq);
enum status api_person_freeze(struct app *app, struct request *rq);
enum status api_account_close(struct app *app, struct request *rq);
enum status api_contribution_create(struct app *app, struct request *rq);
enum status api_enrollment_put(struct app *app, struct request *rq);
enum status api_import_create(struct app *app, struct request *rq);

/* --- bindings --- */
enum status api_binding_create(struct app *app, struct request *rq);
enum status api_binding_options(struct app *app, struct request *rq);
enum status api_binding_list(struct app *app, struct request *rq);
enum status api_binding_get(struct app *app, struct request *rq);
enum status api_binding_history(struct app *app, struct request *rq);
enum status api_binding_withdraw(struct app *app, struct request *rq);
enum status api_binding_release(struct app *app, struct request *rq);
enum status api_binding_priority(struct app *app, struct request *rq);
enum status api_binding_cap(struct app *app, struct request *rq);
enum status api_binding_evidence(struct app *app, struct request *rq);
enum status api_evidence_create(struct app *app, struct request *rq);
enum status api_evidence_get(struct app *app, struct request *rq);

/* --- reviews --- */
enum status api_review_list(struct app *app, struct request *rq);
enum status api_review_claim(struct app *app, struct request *rq);
enum status api_review_decide(struct app *app, struct request *rq);

/* --- accounts --- */
enum status api_account_get(struct app *app, struct request *rq);
enum status api_account_aid(struct app *app, struct request *rq);
enum status api_account_entries(struct app *app, struct request *rq);
enum status api_binding_entries(struct app *app, struct request *rq);

/* --- premiums and payments --- */
enum status api_premium_list(struct app *app, struct request *rq);
enum status api_quote_create(struct app *app, struct request *rq);
enum status api_premium_pay(struct app *app, struct request *rq);
enum status api_payment_get(struct app *app, struct request *rq);
enum status api_payment_list(struct app *app, struct request *rq);
enum status api_payment_receipt(struct app *app, struct request *rq);
enum status api_payment_history(struct app *app, struct request *rq);
enum status api_payment_cancel(struct app *app, struct request *rq);
/* Counts what reported cash came to: captured, manual_review, to_refund. */
void api_count_cash(const char *outcome);
enum status api_payment_cash(struct app *app, struct request *rq);
enum status api_payment_resolve(struct app *app, struct request *rq);
enum status api_cash_resolve(struct app *app, struct request *rq);
enum status api_refund_create(struct app *app, struct request *rq);
enum status api_refund_get(struct app *app, struct request *rq);
enum status api_refund_list(struct app *app, struct request *rq);
enum status api_refund_result(struct app *app, struct request *rq);
enum status api_work_item_list(struct app *app, struct request *rq);
enum status api_notification_wechatpay(struct app *app, struct request *rq);
enum status api_notification_alipay(struct app *app, struct request *rq);

/* --- care and medicine --- */
enum status api_institution_put(struct app *app, struct request *rq);
enum status api_settlement_suspension_put(struct app *app, struct request *rq);
enum status api_medical_settle(struct app *app, struct request *rq);
enum status api_medical_reverse(struct app *app, struct request *rq);
enum status api_incident_list(struct app *app, struct request *rq);
enum status api_credential_link_create(struct app *app, struct request *rq);
enum status api_credential_link_list(struct app *app, struct request *rq);
enum status api_credential_link_delete(struct app *app, struct request *rq);

/* --- policies --- */
enum status api_policy_get(struct app *app, struct request *rq);
enum status api_policy_put(struct app *app, struct request *rq);
enum status api_policy_what_if(struct app *app, struct request *rq);
enum status api_premium_standard_get(struct app *app, struct request *rq);
enum status api_premium_standard_put(struct app *app, struct request *rq);
enum status api_product_get(struct app *app, struct request *rq);
enum status api_product_put(struct app *app, struct request *rq);
enum status api_area_link_get(struct app *app, struct request *rq);
enum status api_area_link_put(struct app *app, struct request *rq);

/* --- ledger --- */
enum status api_ledger_proof(struct app *app, struct request *rq);
enum status api_ledger_trial_balance(struct app *app, struct request *rq);

/* --- records --- */
enum status api_audit_list(struct app *app, struct request *rq);
enum status api_report_funds(struct app *app, struct request *rq);
enum status api_reconciliation_get(struct app *app, struct request *rq);
enum status api_reconciliation_compare(struct app *app, struct request *rq);
enum status api_event_list(struct app *app, struct request *rq);
enum status api_webhook_create(struct app *app, struct request *rq);
enum status api_webhook_list(struct app *app, struct request *rq);
enum status api_webhook_delete(struct app *app, struct request *rq);
enum status api_webhook_rotate(struct app *app, struct request *rq);
enum status api_webhook_deliveries(struct app *app, struct request *rq);
