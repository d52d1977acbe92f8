/* GET /v1/bindings: the caller's bindings as grantor and as beneficiary, or those of the person staff name. */
#include <gongji/api/api.h>

#include <gongji/db/bindings.h>
#include <gongji/domain/person.h>

static const char *const ROLES[] = { "grantor", "beneficiary", NULL };
static const char *const STATUSES[] = { "pending_review", "active",   "suspended", "rejected",
                                        "withdrawn",      "released", "expired",   NULL };

static enum status read_filters(struct app *app, struct request *rq, bool staff, struct list_query *ret)
{
    const char *role = NULL, *status = NULL, *person_id = NULL;
    /* clang-format off */
    const struct query_field person = { "person_id", QUERY_TEXT, &person_id, .check = person_no_valid };
    const struct query_field fields[] = {
        { "role",   QUERY_TEXT, &role,   .one_of = ROLES },
        { "status", QUERY_TEXT, &status, .one_of = STATUSES },
        staff ? person : (struct query_field){ 0 },
        { 0 } };
    /* clang-format on */
    TRY(api_list_query(app, rq, fields, ret));
    if (staff && json_object_get(ret->filter_json, "person_id") == NULL)
        return rq_fault(rq, "?person_id", "missing", "required");
    return ST_OK;
}

enum status api_binding_list(struct app *app, struct request *rq)
{
    bool staff = text_equal(rq_caller(rq)->scope, "inquiry");
    struct list_query list;
    struct outcome out;
    TRY(read_filters(app, rq, staff, &list));
    if (staff)
        TRY(rq_need_reason(rq));
    const char *person_no = json_string_value(json_object_get(list.filter_json, "person_id"));
    TRY(db_binding_list(app->db, api_call(app, rq),
                        &(struct binding_list){ person_no, list.filter, list.after, list.limit }, &out));
    return api_list_reply(app, rq, &list, &out);
}
