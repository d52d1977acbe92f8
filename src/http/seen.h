#pragma once
/* Tokens whose signature was found good: digests in a table of fixed size, each until its exp. Guarded by its own
 * lock. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gongji/base/crypto.h>

struct seen;
struct seen *seen_new(size_t items); /* 0: remembers nothing */
void seen_free(struct seen *seen);
bool seen_has(struct seen *seen, const unsigned char digest[static DIGEST_BYTES], int64_t now_s);
void seen_add(struct seen *seen, const unsigned char digest[static DIGEST_BYTES], int64_t until_s, int64_t now_s);
void seen_forget(struct seen *seen); /* all of them: the keys have changed */
