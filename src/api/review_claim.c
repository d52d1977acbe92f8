/* POST /v1/reviews/claim: the next application, leased to this reviewer for 15 minutes; 204 when nothing waits. */
#include <gongji/api/api.h>

#include <gongji/db/reviews.h>
#include <gongji/domain/area.h>

enum status api_review_claim(struct app *app, struct request *rq)
{
    const char *area = NULL;
    struct outcome out;
    const struct field field = { "area", FIELD_TEXT, &area, .optional = true, .check = area_code_valid };
    TRY(rq_json(rq, (const struct field[]){ field, { 0 } }));
    TRY(db_review_claim(app->db, api_call(app, rq), area, &out));
    return api_reply(rq, &out);
}
