#pragma once
/* What policies, premium standards and area links may say: the same tables for HTTP and for `gongji policy apply`.
 * A document is checked in two steps: its members against the table, then what no table can say.
 *
 *     json_fields_at(faults, "/rows/0", row, policy_fields(arena, beside));
 *     policy_check(faults, "/rows/0", row);
 *
 * `beside` is a table of more members (a file names its area, a body does not), or NULL. */
#include <stdbool.h>

#include <gongji/base/json.h>

extern const char *const *const USES; /* what an account may be used for, NULL-terminated */

const struct field *policy_fields(struct arena *arena, const struct field *beside);
const struct field *policy_rule_fields(struct arena *arena); /* the rules alone, all optional */
void policy_check(struct faults *faults, const char *pointer, const json_t *document);

const struct field *premium_standard_fields(struct arena *arena, const struct field *beside);
void premium_standard_check(struct faults *faults, const char *pointer, const json_t *document);

bool product_valid(const char *text); /* 1–40 of [a-z0-9_] */
enum { BENEFIT_YEAR_MIN = 1900, BENEFIT_YEAR_MAX = 2999 };
