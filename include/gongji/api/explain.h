#pragma once
/* Sentences for people: SQL answers with rule keys and numbers, here they become `why` in the caller's language. */
#include <jansson.h>

#include <gongji/base/arena.h>
#include <gongji/base/status.h>

/* Adds `why` to each of body.legs and to body.coverage, and to a fresh `quote` inside.
 * Works on a quote, a payment, a receipt, a premium, or a refusal's extras keyed by code. */
void explain(struct arena *arena, json_t *body, enum language language);

/* The same for a place of care: each leg's amount and no more. What a patient's or a relative's account holds is not its business. */
void explain_to_institution(struct arena *arena, json_t *body, enum language language);
