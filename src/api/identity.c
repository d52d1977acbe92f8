/* Who a name and an ID number stand for: digests under the index keys, so that the database never sees either. */
#include <gongji/api/import.h>
#include <gongji/base/clock.h>
#include <gongji/domain/civil_date.h>
#include <gongji/domain/id_number.h>
#include <gongji/domain/person_name.h>

/* text[] of one keyed digest under every index key. */
static const char *digests(const struct app *app, struct arena *arena, const char *purpose, const char *a,
                           const char *b)
{
    const char *items[KEY_RING_MAX];
    size_t count = key_ring_count(app->index_keys);
    for (size_t i = 0; i < count; i++)
        items[i] = crypto_blind_index(app->index_keys, i, arena, purpose, a, b);
    return db_array(arena, items, count);
}

static const char *key_ids(const struct app *app, struct arena *arena)
{
    const char *items[KEY_RING_MAX];
    size_t count = key_ring_count(app->index_keys);
    for (size_t i = 0; i < count; i++)
        items[i] = key_ring_id(app->index_keys, i);
    return db_array(arena, items, count);
}

static const char *number_read(struct arena *arena, const char *text)
{
    char number[ID_NUMBER_LENGTH + 1], today[11];
    civil_date_of(clock_now_us(), today);
    if (!id_number_canonical(text, number) || !id_number_valid(number, today))
        return NULL;
    return arena_strdup(arena, number);
}

enum status identity_read(struct app *app, struct faults *faults, const char *pointer, const char *name,
                          const char *id_number, struct identity *ret)
{
    struct arena *arena = faults->arena;
    struct identity who = { .name = name ? person_name_canonical(arena, name) : NULL,
                            .id_number = id_number ? number_read(arena, id_number) : NULL };
    if (name && !who.name)
        fault_add(faults, arena_printf(arena, "%s/name", pointer), "bad_format", "is no name");
    if (id_number && !who.id_number && faults->count == 0)
        return ST_ID_NUMBER_INVALID;
    if (id_number && !who.id_number)
        fault_add(faults, arena_printf(arena, "%s/id_number", pointer), "bad_format", "is no ID number");
    if (faults->count > 0)
        return ST_VALIDATION_FAILED;
    who.blind_indexes = digests(app, arena, "id_number", who.id_number, NULL);
    who.match_digests = digests(app, arena, "match", who.id_number, who.name);
    who.index_key_ids = key_ids(app, arena);
    *ret = who;
    return ST_OK;
}

enum status api_identity(struct app *app, struct request *rq, const char *pointer, const char *name,
                         const char *id_number, struct identity *ret)
{
    return identity_read(app, rq_faults(rq), pointer, name, id_number, ret);
}

const char *api_name_digests(struct app *app, struct arena *arena, const char *person_no, const char *name)
{
    return digests(app, arena, "name", person_no, name);
}
