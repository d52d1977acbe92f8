#pragma once
/* Quotes and premium payments: hot calls, through the combining queue. */
#include <gongji/db/db.h>

struct quote_create {
    const char *quote_id; /* uuid of the quote to make */
    const char *insured_no;
    const char *benefit_year, *product;
    bool amount_sent;         /* the caller tried to set an amount: refused (S1-46) */
    const char *repair_years; /* integer[] literal, NULL: none */
};
enum status db_quote_create(struct db *db, const struct db_call *call, const struct quote_create *in,
                            struct outcome *ret);

struct premium_pay {
    const char *payment_id, *fresh_quote_id; /* uuids */
    const char *quote_id;                    /* uuid, or NULL and the next three */
    const char *insured_no, *benefit_year, *product;
    const char *expected_fen; /* NULL: not compared */
    bool amount_sent;
    const char *name_digests; /* text[] literal, NULL: not compared */
    const char *client_reference;
    const char *cash_channel; /* where a shortfall is paid; NULL: a shortfall refuses */
    const char *repair_years; /* integer[] literal, NULL: none */
};
enum status db_premium_pay(struct db *db, const struct db_call *call, const struct premium_pay *in,
                           struct outcome *ret);

struct premium_list {
    const char *insured_no, *benefit_year; /* NULL: everyone the caller may pay for; every year that is not over */
};
enum status db_premium_list(struct db *db, const struct db_call *call, const struct premium_list *in,
                            struct outcome *ret);
