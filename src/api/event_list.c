/* GET /v1/events: what happened to the bindings and payments of the caller's channel, in order. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/events.h>

static bool event_id_valid(const char *text)
{
    return id_strip("evt_", text) != NULL;
}

enum status api_event_list(struct app *app, struct request *rq)
{
    const char *after = NULL;
    const struct query_field fields[] = { { "after", QUERY_TEXT, &after, .check = event_id_valid }, { 0 } };
    struct list_query list;
    struct outcome out;
    TRY(api_list_query(app, rq, fields, &list));
    after = json_string_value(json_object_get(list.filter_json, "after"));
    const char *filter = after ? arena_printf(rq_arena(rq), "{\"after\":\"%s\"}", id_strip("evt_", after)) : "{}";
    struct event_list in = { filter, list.after, list.limit };
    TRY(db_event_list(app->db, api_call(app, rq), &in, &out));
    return api_list_reply(app, rq, &list, &out);
}
