#pragma once
/* Documents that prove a relation. Their content is sealed before it gets here, and opened after it left. */
#include <gongji/db/db.h>

/* "evi_" + UUID, as callers name a document. */
bool evidence_id_valid(const char *text);
/* uuid[] of a JSON array of valid ids; NULL (none given) is the empty array. */
const char *evidence_ids(struct arena *arena, const json_t *ids);

struct evidence_create {
    const char *id, *type, *media_type, *sha256, *content_sealed; /* sha256 and size are of the plain bytes */
    int64_t size;
};
enum status db_evidence_create(struct db *db, const struct db_call *call, const struct evidence_create *in,
                               struct outcome *ret);
/* The result is {media_type, content_sealed}, not what callers see. id NULL is answered as not found. */
enum status db_evidence_get(struct db *db, const struct db_call *call, const char *id, struct outcome *ret);
