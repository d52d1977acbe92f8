/* ROUTES: every path the server answers, and nothing else. A reader starts here. */
#include <gongji/api/api.h>

/* clang-format off */
#define GET(p, f, ...)  { .method = "GET", .path = (p), .handle = (f), __VA_ARGS__ }
#define POST(p, f, ...) { .method = "POST", .path = (p), .handle = (f), .body = BODY_JSON, __VA_ARGS__ }
#define PUT(p, f, ...)  { .method = "PUT", .path = (p), .handle = (f), .body = BODY_JSON, __VA_ARGS__ }
#define DELETE(p, f, ...) { .method = "DELETE", .path = (p), .handle = (f), __VA_ARGS__ }
#define SCOPE(s) .scopes = (s)
#define KEYED .keyed = true
#define PERSONAL .personal = true
#define PROBE .probe = true

const struct route ROUTES[] = {
    GET ("/livez",                                   api_livez,                PROBE),
    GET ("/readyz",                                  api_readyz,               PROBE),
    GET ("/metrics",                                 api_metrics,              PROBE),
    GET ("/openapi.json",                            api_openapi),
    GET ("/docs",                                    api_docs),

    PUT ("/v1/persons/{person_id}",                  api_person_put,           SCOPE("registry"), PERSONAL),
    GET ("/v1/persons/{person_id}",                  api_person_get,           SCOPE("registry inquiry"), PERSONAL),
    POST("/v1/persons/resolve",                      api_person_resolve,       SCOPE("resolve"), PERSONAL),
    PUT ("/v1/persons/{person_id}/freeze",           api_person_freeze,        SCOPE("freeze"), PERSONAL),
    POST("/v1/persons/{person_id}/account-closure",  api_account_close,        SCOPE("registry"), PERSONAL),
    POST("/v1/persons/{person_id}/contributions",    api_contribution_create,  SCOPE("registry"), KEYED, PERSONAL),
    PUT ("/v1/persons/{person_id}/enrollments/{benefit_year}", api_enrollment_put, SCOPE("registry"), PERSONAL),
    PUT ("/v1/persons/{person_id}/settlement-suspension", api_settlement_suspension_put, SCOPE("registry"), PERSONAL),
    PUT ("/v1/institutions/{code}",                  api_institution_put,      SCOPE("registry")),
    { .method = "POST", .path = "/v1/imports", .handle = api_import_create, SCOPE("registry"), .body = BODY_SPOOL, .accepts = "text/csv", PERSONAL },

    POST("/v1/bindings",                             api_binding_create,       SCOPE("family"), KEYED, PERSONAL),
    GET ("/v1/bindings",                             api_binding_list,         SCOPE("family inquiry"), PERSONAL),
    GET ("/v1/bindings/options",                     api_binding_options,      SCOPE("family"), PERSONAL),
    GET ("/v1/bindings/{binding_id}",                api_binding_get,          SCOPE("family inquiry"), PERSONAL),
    GET ("/v1/bindings/{binding_id}/history",        api_binding_history,      SCOPE("family inquiry"), PERSONAL),
    GET ("/v1/bindings/{binding_id}/entries",        api_binding_entries,      SCOPE("account inquiry"), PERSONAL),
    POST("/v1/bindings/{binding_id}/withdraw",       api_binding_withdraw,     SCOPE("family"), KEYED, PERSONAL),
    POST("/v1/bindings/{binding_id}/release",        api_binding_release,      SCOPE("family"), KEYED, PERSONAL),
    POST("/v1/bindings/{binding_id}/evidence",       api_binding_evidence,     SCOPE("family"), KEYED, PERSONAL),
    PUT ("/v1/bindings/{binding_id}/priority",       api_binding_priority,     SCOPE("family"), PERSONAL),
    PUT ("/v1/bindings/{binding_id}/cap",            api_binding_cap,          SCOPE("family"), PERSONAL),
    POST("/v1/bindings/{binding_id}/decision",       api_review_decide,        SCOPE("review"), KEYED, PERSONAL),
    { .method = "POST", .path = "/v1/evidence", .handle = api_evidence_create, SCOPE("family"), .body = BODY_BYTES,
      .accepts = "image/jpeg image/png application/pdf", .body_limit = 5 * 1024 * 1024, PERSONAL },
    GET ("/v1/evidence/{evidence_id}",               api_evidence_get,         SCOPE("review family"), PERSONAL),

    GET ("/v1/reviews",                              api_review_list,          SCOPE("review"), PERSONAL),
    POST("/v1/reviews/claim",                        api_review_claim,         SCOPE("review"), PERSONAL),

    GET ("/v1/accounts/me",                          api_account_get,          SCOPE("account"), PERSONAL),
    GET ("/v1/accounts/me/aid",                      api_account_aid,          SCOPE("account"), PERSONAL),
    GET ("/v1/accounts/me/entries",                  api_account_entries,      SCOPE("account"), PERSONAL),
    GET ("/v1/accounts/{person_id}",                 api_account_get,          SCOPE("inquiry"), PERSONAL),
    GET ("/v1/accounts/{person_id}/aid",             api_account_aid,          SCOPE("inquiry"), PERSONAL),
    GET ("/v1/accounts/{person_id}/entries",         api_account_entries,      SCOPE("inquiry"), PERSONAL),

    GET ("/v1/premiums",                             api_premium_list,         SCOPE("premium"), PERSONAL),
    POST("/v1/quotes",                               api_quote_create,         SCOPE("premium"), PERSONAL),
    POST("/v1/premium-payments",                     api_premium_pay,          SCOPE("premium"), KEYED, PERSONAL),
    GET ("/v1/payments",                             api_payment_list,         SCOPE("premium inquiry"), PERSONAL),
    GET ("/v1/payments/{payment_id}",                api_payment_get,          SCOPE("premium inquiry"), PERSONAL),
    GET ("/v1/payments/{payment_id}/receipt",        api_payment_receipt,      SCOPE("premium inquiry"), PERSONAL),
    GET ("/v1/payments/{payment_id}/history",        api_payment_history,      SCOPE("premium inquiry"), PERSONAL),
    POST("/v1/payments/{payment_id}/cancel",         api_payment_cancel,       SCOPE("premium"), KEYED, PERSONAL),
    POST("/v1/payments/{payment_id}/cash",           api_payment_cash,         SCOPE("cash"), KEYED, PERSONAL),

    POST("/v1/payments/{payment_id}/resolve",        api_payment_resolve,      SCOPE("refund"), KEYED, PERSONAL),
    POST("/v1/payments/{payment_id}/refunds",        api_refund_create,        SCOPE("refund premium"), KEYED, PERSONAL),
    GET ("/v1/refunds",                              api_refund_list,          SCOPE("refund cash"), PERSONAL),
    GET ("/v1/refunds/{refund_id}",                  api_refund_get,           SCOPE("refund cash premium"), PERSONAL),
    POST("/v1/refunds/{refund_id}/result",           api_refund_result,        SCOPE("cash"), KEYED, PERSONAL),
    POST("/v1/cash/{cash_id}/resolve",               api_cash_resolve,         SCOPE("refund"), KEYED, PERSONAL),
    GET ("/v1/work-items",                           api_work_item_list,       SCOPE("refund"), PERSONAL),
    { .method = "POST", .path = "/v1/notifications/wechatpay/{merchant}", .handle = api_notification_wechatpay,
      .body = BODY_BYTES, .accepts = "application/json", .body_limit = 65536 },
    { .method = "POST", .path = "/v1/notifications/alipay/{app}", .handle = api_notification_alipay,
      .body = BODY_BYTES, .accepts = "application/x-www-form-urlencoded", .body_limit = 65536 },

    POST("/v1/medical-payments",                     api_medical_settle,       SCOPE("medical"), KEYED, PERSONAL),
    POST("/v1/medical-payments/{payment_id}/reverse", api_medical_reverse,     SCOPE("medical"), KEYED, PERSONAL),
    GET ("/v1/incidents",                            api_incident_list,        SCOPE("audit"), PERSONAL),
    POST("/v1/credential-links",                     api_credential_link_create, SCOPE("family"), PERSONAL),
    GET ("/v1/credential-links",                     api_credential_link_list, SCOPE("family"), PERSONAL),
    DELETE("/v1/credential-links/{credential_link_id}", api_credential_link_delete, SCOPE("family"), PERSONAL),

    GET ("/v1/policies/{area}",                      api_policy_get,           SCOPE("policy")),
    PUT ("/v1/policies/{area}/{valid_from}",         api_policy_put,           SCOPE("policy")),
    POST("/v1/policies/{area}/what-if",              api_policy_what_if,       SCOPE("policy")),
    GET ("/v1/premium-standards/{area}/{benefit_year}/{product}", api_premium_standard_get, SCOPE("policy")),
    PUT ("/v1/premium-standards/{area}/{benefit_year}/{product}", api_premium_standard_put, SCOPE("policy")),
    GET ("/v1/products/{area}/{product}",            api_product_get,          SCOPE("policy")),
    PUT ("/v1/products/{area}/{product}",            api_product_put,          SCOPE("policy")),
    GET ("/v1/area-links/{grantor_area}/{beneficiary_area}/{valid_from}", api_area_link_get, SCOPE("policy")),
    PUT ("/v1/area-links/{grantor_area}/{beneficiary_area}/{valid_from}", api_area_link_put, SCOPE("policy")),

    GET ("/v1/ledger/proof",                         api_ledger_proof,         SCOPE("audit")),
    GET ("/v1/ledger/trial-balance",                 api_ledger_trial_balance, SCOPE("audit")),

    GET ("/v1/audit",                                api_audit_list,           SCOPE("audit"), PERSONAL),
    GET ("/v1/reports/funds",                        api_report_funds,         SCOPE("audit")),
    GET ("/v1/reconciliations/{date}",               api_reconciliation_get,   SCOPE("audit")),
    { .method = "POST", .path = "/v1/reconciliations/{date}", .handle = api_reconciliation_compare, SCOPE("audit"), .body = BODY_BYTES,
      .accepts = "text/csv", .body_limit = 16 * 1024 * 1024 },
    GET ("/v1/events",                               api_event_list,           SCOPE("events")),
    POST("/v1/webhooks",                             api_webhook_create,       SCOPE("events")),
    GET ("/v1/webhooks",                             api_webhook_list,         SCOPE("events")),
    DELETE("/v1/webhooks/{webhook_id}",              api_webhook_delete,       SCOPE("events")),
    POST("/v1/webhooks/{webhook_id}/secret",         api_webhook_rotate,       SCOPE("events")),
    GET ("/v1/webhooks/{webhook_id}/deliveries",     api_webhook_deliveries,   SCOPE("events")),
};
/* clang-format on */

const size_t ROUTE_COUNT = sizeof ROUTES / sizeof *ROUTES;
