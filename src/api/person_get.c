/* GET /v1/persons/{person_id}: a register entry, masked, for staff who say why. */
#include <gongji/api/api.h>
#include <gongji/db/people.h>

enum status api_person_get(struct app *app, struct request *rq)
{
    struct outcome out;
    TRY(rq_query(rq, (struct query_field[]){ { 0 } }));
    TRY(rq_need_reason(rq));
    TRY(db_person_get(app->db, api_call(app, rq), rq_path(rq, "person_id"), &out));
    return api_reply(rq, &out);
}
