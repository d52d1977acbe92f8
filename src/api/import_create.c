/* POST /v1/imports?kind=…: loads a CSV file into the register, as far as its lines are good. */
#include <string.h>

#include <gongji/api/import.h>

static const char *const KINDS[] = { "persons", "contributions", "enrollments", "relations", "institutions", NULL };

/* The engine speaks English; refusals have their sentence in the caller's language. */
static void errors_translate(json_t *report, enum language language)
{
    size_t i;
    json_t *error;
    json_array_foreach(json_object_get(report, "errors"), i, error) {
        enum status status;
        if (status_from_code(json_string_value(json_object_get(error, "code")), &status) &&
            status != ST_VALIDATION_FAILED)
            json_object_set_new(error, "detail", json_string(status_title(status, language)));
    }
}

static enum status faults_pass(struct request *rq, const json_t *list)
{
    size_t i;
    json_t *fault;
    json_array_foreach(list, i, fault)
        rq_fault(rq, json_string_value(json_object_get(fault, "pointer")),
                 json_string_value(json_object_get(fault, "code")),
                 json_string_value(json_object_get(fault, "detail")));
    return ST_VALIDATION_FAILED;
}

enum status api_import_create(struct app *app, struct request *rq)
{
    const char *kind = NULL;
    json_t *report = NULL;
    TRY(rq_query(rq,
                 (struct query_field[]){ { "kind", QUERY_TEXT, &kind, .required = true, .one_of = KINDS }, { 0 } }));
    if (!rq_spool(rq))
        return rq_fault(rq, "", "missing", "must be a CSV text");
    enum status status = import_run(app, api_call(app, rq), kind, rq_spool(rq), &report, NULL);
    if (status == ST_VALIDATION_FAILED)
        return faults_pass(rq, report);
    TRY(status);
    errors_translate(report, rq_language(rq));
    return reply_json(rq, ST_OK, json_incref(report));
}
