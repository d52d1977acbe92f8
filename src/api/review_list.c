/* GET /v1/reviews: the review desk, oldest first. */
#include <gongji/api/api.h>

#include <gongji/db/reviews.h>
#include <gongji/domain/area.h>

static const char *const STATES[] = { "queued", "claimed", "more_requested", "decided", NULL };
static const char *const YES_NO[] = { "true", "false", NULL }; /* as text: that it was not asked is a third answer */

enum status api_review_list(struct app *app, struct request *rq)
{
    const char *state = NULL, *area = NULL, *overdue = NULL;
    struct list_query list;
    struct outcome out;
    /* clang-format off */
    const struct query_field fields[] = {
        { "state",   QUERY_TEXT, &state,   .one_of = STATES },
        { "area",    QUERY_TEXT, &area,    .check = area_code_valid },
        { "overdue", QUERY_TEXT, &overdue, .one_of = YES_NO },
        { 0 } };
    /* clang-format on */
    TRY(api_list_query(app, rq, fields, &list));
    TRY(db_review_list(app->db, api_call(app, rq), &(struct review_list){ list.filter, list.after, list.limit }, &out));
    return api_list_reply(app, rq, &list, &out);
}
