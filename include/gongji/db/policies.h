#pragma once
/* Policies, premium standards and area links: dated rules by area. Documents are JSON text already found valid. */
#include <gongji/db/db.h>

struct policy_get {
    const char *area;
    const char *on; /* NULL: today */
};
enum status db_policy_get(struct db *db, const struct db_call *call, const struct policy_get *in, struct outcome *ret);

struct policy_put {
    const char *area, *valid_from;
    const char *document; /* {legal_basis, source, members…} */
};
enum status db_policy_put(struct db *db, const struct db_call *call, const struct policy_put *in, struct outcome *ret);

/* All rows of an area's file at once, days gone by included; rows that stand already are left alone. Long connection */
struct policy_load {
    const char *area;
    const char *rows; /* [{valid_from, legal_basis, source, members…}] */
};
enum status db_policy_load(struct db *db, const struct db_call *call, const struct policy_load *in,
                           struct outcome *ret);

struct premium_standard_key {
    const char *area, *product;
    int64_t benefit_year;
};
enum status db_premium_standard_get(struct db *db, const struct db_call *call, const struct premium_standard_key *in,
                                    struct outcome *ret);
/* document: {amount_fen, benefit, windows, subsidies, source}; one that says what stands already changes nothing. */
enum status db_premium_standard_put(struct db *db, const struct db_call *call, const struct premium_standard_key *in,
                                    const char *document, struct outcome *ret);

struct product_key {
    const char *area, *product;
};
enum status db_product_get(struct db *db, const struct db_call *call, const struct product_key *in,
                           struct outcome *ret);
struct product_put {
    struct product_key key;
    const char *use, *scheme; /* scheme NULL: for everybody */
    const char *valid_from, *valid_to;
};
enum status db_product_put(struct db *db, const struct db_call *call, const struct product_put *in,
                           struct outcome *ret);

struct area_link_key {
    const char *grantor_area, *beneficiary_area, *valid_from;
};
enum status db_area_link_get(struct db *db, const struct db_call *call, const struct area_link_key *in,
                             struct outcome *ret);
struct area_link_put {
    struct area_link_key key;
    const char *valid_to; /* NULL: until further notice */
    json_t *uses;
};
enum status db_area_link_put(struct db *db, const struct db_call *call, const struct area_link_put *in,
                             struct outcome *ret);

/* Payments of a period decided again under changed rules; on the long connection. */
struct policy_what_if {
    const char *area;
    const char *from, *to; /* RFC 3339 */
    const char *changes;   /* {member: value, …} */
};
enum status db_policy_what_if(struct db *db, const struct db_call *call, const struct policy_what_if *in,
                              struct outcome *ret);
