/* GET /v1/reports/funds: what accounts paid in a period, by use and area. */
#include <gongji/api/api.h>

#include <gongji/db/reports.h>
#include <gongji/domain/area.h>

static void put(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, json_string(text));
}

enum status api_report_funds(struct app *app, struct request *rq)
{
    const char *from = NULL, *to = NULL, *area = NULL;
    json_t *filter = json_keep(rq_arena(rq), json_object());
    struct outcome out;
    TRY(rq_query(rq, (const struct query_field[]){ { "from", QUERY_INSTANT, .ret = &from },
                                                   { "to", QUERY_INSTANT, .ret = &to },
                                                   { "area", QUERY_TEXT, &area, .check = area_code_valid },
                                                   { 0 } }));
    put(filter, "from", from);
    put(filter, "to", to);
    put(filter, "area", area);
    TRY(db_report_funds(app->db, api_long_call(app, rq), json_text(rq_arena(rq), filter), &out));
    return api_reply(rq, &out);
}
