/* GET /v1/audit: who did or looked at what, about one person or by one operator. */
#include <gongji/api/api.h>
#include <gongji/db/audit.h>
#include <gongji/domain/person.h>

enum status api_audit_list(struct app *app, struct request *rq)
{
    const char *person_id = NULL, *subject = NULL, *from = NULL, *to = NULL;
    const struct query_field fields[] = {
        { "person_id", QUERY_TEXT, &person_id, .check = person_no_valid },
        { "subject", QUERY_TEXT, &subject, .max = 255 },
        { "from", QUERY_INSTANT, .ret = &from },
        { "to", QUERY_INSTANT, .ret = &to },
        { 0 },
    };
    struct list_query list;
    struct outcome out;
    TRY(api_list_query(app, rq, fields, &list));
    if (json_object_get(list.filter_json, "person_id"))
        TRY(rq_need_reason(rq));
    struct audit_list in = { list.filter, list.after, list.limit };
    TRY(db_audit_list(app->db, api_call(app, rq), &in, &out));
    return api_list_reply(app, rq, &list, &out);
}
