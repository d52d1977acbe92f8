#pragma once
/* What the beneficiary is to the grantor: the near relatives of Civil Code art. 1045; in-laws are not among them. */
extern const char *const RELATIONS[]; /* NULL-terminated: spouse parent child sibling grandparent … */
