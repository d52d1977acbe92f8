#pragma once
/* What the beneficiary is to the grantor: the near relatives of Civil Code art. 1045; in-laws are not among them. */
extern const char *const RELATIONS[]; /* NULL-terminated: spouse parent child sibling grandparent … */

/* What a register's word for a relation means: one of RELATIONS, or a code of GB/T 4761-2008 of one or two digits. */
enum kinship {
    KINSHIP_NEAR,    /* ret: one relation, or two where a code does not tell the father's side from the mother's */
    KINSHIP_OTHER,   /* a code of anybody else: in-laws, oneself, no relatives (P-07) */
    KINSHIP_UNKNOWN, /* neither word nor code */
};
enum kinship relation_read(const char *text, const char *ret[static 2]);
