#pragma once
/* What policies, premium standards, products and area links may say: the same tables for HTTP and for `gongji policy apply`.
 * A document is checked in two steps: its members against the table, then what no table can say.
 *
 *     json_fields_at(faults, "/rows/0", row, policy_fields(arena, beside));
 *     policy_check(faults, "/rows/0", row);
 *
 * `beside` is a table of more members (a file names its area, a body does not), or NULL. */
#include <stdbool.h>

#include <gongji/base/json.h>
#include <gongji/db/policies.h>

extern const char *const *const USES; /* what an account may be used for, NULL-terminated */

const struct field *policy_fields(struct arena *arena, const struct field *beside);
const struct field *policy_rule_fields(struct arena *arena); /* the rules alone, all optional */
void policy_check(struct faults *faults, const char *pointer, const json_t *document);

const struct field *premium_standard_fields(struct arena *arena, const struct field *beside);
void premium_standard_check(struct faults *faults, const char *pointer, const json_t *document);

/* These fill `in`, from which they are checked and put; a body's address already has what `beside` asks of a file. */
const struct field *product_fields(struct arena *arena, struct product_put *in, const struct field *beside);
void product_check(struct faults *faults, const char *pointer, const struct product_put *in);
const struct field *area_link_fields(struct arena *arena, struct area_link_put *in, const struct field *beside);
void area_link_check(struct faults *faults, const char *pointer, const struct area_link_put *in);

bool product_valid(const char *text); /* 1–40 of [a-z0-9_] */
enum { BENEFIT_YEAR_MIN = 1900, BENEFIT_YEAR_MAX = 2999 };
