/* GET /v1/incidents: care asked for under another's credential (S1-16), for the bureau to look at. */
#include <gongji/api/api.h>

#include <gongji/db/medical.h>
#include <gongji/domain/person.h>

enum status api_incident_list(struct app *app, struct request *rq)
{
    const char *institution_id = NULL, *person_id = NULL, *from = NULL, *to = NULL;
    const struct query_field fields[] = {
        { "institution_id", QUERY_TEXT, &institution_id, .check = person_no_valid },
        { "person_id", QUERY_TEXT, &person_id, .check = person_no_valid },
        { "from", QUERY_INSTANT, .ret = &from },
        { "to", QUERY_INSTANT, .ret = &to },
        { 0 },
    };
    struct list_query list;
    struct outcome out;
    TRY(api_list_query(app, rq, fields, &list));
    if (json_object_get(list.filter_json, "person_id"))
        TRY(rq_need_reason(rq));
    struct medical_list in = { list.filter, list.after, list.limit };
    TRY(db_incident_list(app->db, api_call(app, rq), &in, &out));
    return api_list_reply(app, rq, &list, &out);
}
