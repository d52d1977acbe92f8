/* PUT /v1/persons/{person_id}/freeze: blocks or frees every debit of an account. */
#include <gongji/api/api.h>
#include <gongji/db/people.h>

enum status api_person_freeze(struct app *app, struct request *rq)
{
    struct person_freeze in = { .person_no = rq_path(rq, "person_id") };
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){
                        { "frozen", FIELD_BOOL, &in.frozen }, { "reason", FIELD_TEXT, &in.reason, .min = 1 }, { 0 } }));
    TRY(db_person_freeze(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
