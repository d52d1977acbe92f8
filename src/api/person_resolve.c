/* POST /v1/persons/resolve: name and ID number to the person number. Rate-limited: it would else be a way to try out identities. */
#include <gongji/api/api.h>
#include <gongji/db/people.h>

enum status api_person_resolve(struct app *app, struct request *rq)
{
    const char *name = NULL, *id_number = NULL;
    struct identity who;
    struct outcome out;
    TRY(rq_limit(rq, "resolve", conf_int(app->conf, CONF_LIMIT_RESOLVE_PER_MINUTE)));
    rq_json(rq, (struct field[]){ { "name", FIELD_TEXT, &name }, { "id_number", FIELD_TEXT, &id_number }, { 0 } });
    TRY(api_identity(app, rq, "", name, id_number, &who)); /* counts the faults of the line before too */
    struct person_resolve in = { .blind_indexes = who.blind_indexes, .match_digests = who.match_digests };
    TRY(db_person_resolve(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
