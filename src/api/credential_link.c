/* /v1/credential-links 亲情账户: who may show whose e-credential. Moves no money, ever (S0-43). */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/medical.h>

enum status api_credential_link_create(struct app *app, struct request *rq)
{
    char id[37];
    const char *name = NULL, *id_number = NULL;
    struct identity who;
    struct outcome out;
    const struct field member[] = { { "name", FIELD_TEXT, &name, .min = 1 },
                                    { "id_number", FIELD_TEXT, &id_number, .min = 1 },
                                    { 0 } };
    TRY(rq_json(rq, (const struct field[]){ { "member", FIELD_OBJECT, .members = member }, { 0 } }));
    TRY(api_identity(app, rq, "/member", name, id_number, &who));
    id_new(id);
    struct credential_link_create in = { id, who.blind_indexes, who.match_digests };
    TRY(db_credential_link_create(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}

enum status api_credential_link_list(struct app *app, struct request *rq)
{
    struct list_query list;
    struct outcome out;
    TRY(api_list_query(app, rq, (const struct query_field[]){ { 0 } }, &list));
    struct medical_list in = { list.filter, list.after, list.limit };
    TRY(db_credential_link_list(app->db, api_call(app, rq), &in, &out));
    return api_list_reply(app, rq, &list, &out);
}

enum status api_credential_link_delete(struct app *app, struct request *rq)
{
    const char *id = id_strip("crl_", rq_path(rq, "credential_link_id"));
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { 0 } }));
    TRY(db_credential_link_delete(app->db, api_call(app, rq), id, &out));
    return api_reply(rq, &out);
}
