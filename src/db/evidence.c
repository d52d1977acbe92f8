/* Documents that prove a relation, in the database. */
#include <gongji/db/evidence.h>

#include <gongji/base/id.h>

static const char PREFIX[] = "evi_";

bool evidence_id_valid(const char *text)
{
    return id_strip(PREFIX, text) != NULL;
}

const char *evidence_ids(struct arena *arena, const json_t *ids)
{
    size_t count = json_array_size(ids);
    const char **stripped = arena_alloc(arena, (count + 1) * sizeof *stripped);
    for (size_t i = 0; i < count; i++)
        stripped[i] = id_strip(PREFIX, json_string_value(json_array_get(ids, i)));
    return db_array(arena, stripped, count);
}

enum status db_evidence_create(struct db *db, const struct db_call *call, const struct evidence_create *in,
                               struct outcome *ret)
{
    const char *size = db_int(call->arena, in->size);
    return db_run(db, call, QUERY_EVIDENCE_CREATE,
                  DB_PARAMS(in->id, in->type, in->media_type, in->sha256, size, in->content_sealed), ret);
}

enum status db_evidence_get(struct db *db, const struct db_call *call, const char *id, struct outcome *ret)
{
    return db_run(db, call, QUERY_EVIDENCE_GET, DB_PARAMS(id), ret);
}
