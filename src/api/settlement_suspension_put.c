/* PUT /v1/persons/{person_id}/settlement-suspension: days on which nothing is settled for a person (P-27). */
#include <gongji/api/api.h>

#include <string.h>

#include <gongji/db/medical.h>

enum status api_settlement_suspension_put(struct app *app, struct request *rq)
{
    struct settlement_suspension_put in = { .person_no = rq_path(rq, "person_id") };
    struct outcome out;
    TRY(rq_json(rq, (struct field[]){ { "from", FIELD_DATE, &in.from },
                                      { "to", FIELD_DATE, &in.to },
                                      { "reason", FIELD_TEXT, &in.reason, .min = 1 },
                                      { 0 } }));
    if (strcmp(in.to, in.from) < 0)
        return rq_fault(rq, "/to", "out_of_range", "is before from");
    TRY(db_settlement_suspension_put(app->db, api_call(app, rq), &in, &out));
    return api_reply(rq, &out);
}
