/* POST /v1/bindings/{binding_id}/evidence: the grantor answers a reviewer who asked for more. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/bindings.h>
#include <gongji/db/evidence.h>

enum { EVIDENCE_MAX = 10 };

enum status api_binding_evidence(struct app *app, struct request *rq)
{
    const char *id = id_strip("bnd_", rq_path(rq, "binding_id"));
    json_t *ids = NULL;
    struct outcome out;
    const struct field ids_field = { "evidence_ids", FIELD_TEXTS,         &ids,
                                     .min = 1,       .max = EVIDENCE_MAX, .check = evidence_id_valid };
    TRY(rq_json(rq, (const struct field[]){ ids_field, { 0 } }));
    TRY(db_binding_evidence(app->db, api_call(app, rq), id, evidence_ids(rq_arena(rq), ids), &out));
    return api_reply(rq, &out);
}
