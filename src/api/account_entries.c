/* GET /v1/accounts/me/entries and /v1/bindings/{binding_id}/entries: usage records by time range, as JSON or CSV. */
#include <gongji/api/api.h>

#include <gongji/base/id.h>
#include <gongji/db/accounts.h>

static const char *const OFFERS[] = { "application/json", "text/csv", NULL };
static const char *const KINDS[] = { "contribution", "rollover", "premium",          "refund",
                                     "closure",      "medical",  "medical_reversal", NULL };
/* clang-format off */
static const char *const COLUMNS[] = { "id", "at", "kind", "amount_fen", "bucket", "balance_after_fen", "payment_id",
                                       "binding_id", "use", "for_whom", "receipt_no", NULL };
/* clang-format on */

/* The next page is where Link says (RFC 8288): a table has no place for a cursor. */
static enum status reply_csv(struct app *app, struct request *rq, const struct list_query *list,
                             const struct outcome *out)
{
    struct buf csv = buf_new(rq_arena(rq));
    const char *cursor = api_list_cursor(app, rq, list, json_object_get(out->result, "next"));
    const json_t *entry;
    size_t i;
    api_csv_header(&csv, COLUMNS);
    json_array_foreach(json_object_get(out->result, "data"), i, entry) {
        api_csv_row(&csv, COLUMNS, entry);
    }
    if (cursor != NULL)
        reply_header(rq, "Link", arena_printf(rq_arena(rq), "<%s?cursor=%s>; rel=\"next\"", rq_target(rq), cursor));
    return reply_bytes(rq, out->code, "text/csv; charset=utf-8; header=present",
                       (struct str){ buf_text(&csv), csv.length });
}

static enum status reply_entries(struct app *app, struct request *rq, const struct list_query *list,
                                 struct outcome *out)
{
    reply_header(rq, "Vary", "Accept");
    if (text_equal(rq_accepts(rq, OFFERS), "application/json"))
        return api_list_reply(app, rq, list, out);
    TRY(api_refusal(rq, out));
    return reply_csv(app, rq, list, out);
}

enum status api_account_entries(struct app *app, struct request *rq)
{
    const char *from = NULL, *to = NULL, *kind = NULL, *person_no = rq_path(rq, "person_id");
    const struct query_field fields[] = {
        { "from", QUERY_INSTANT, .ret = &from },
        { "to", QUERY_INSTANT, .ret = &to },
        { "kind", QUERY_TEXT, &kind, .one_of = KINDS },
        { 0 },
    };
    struct list_query list;
    struct outcome out;
    if (rq_accepts(rq, OFFERS) == NULL)
        return ST_NOT_ACCEPTABLE;
    TRY(api_list_query(app, rq, fields, &list));
    if (person_no != NULL)
        TRY(rq_need_reason(rq));
    struct account_entries in = { person_no, list.filter, list.after, list.limit };
    TRY(db_account_entries(app->db, api_call(app, rq), &in, &out));
    return reply_entries(app, rq, &list, &out);
}

enum status api_binding_entries(struct app *app, struct request *rq)
{
    const char *from = NULL, *to = NULL, *binding_id = id_strip("bnd_", rq_path(rq, "binding_id"));
    const struct query_field fields[] = {
        { "from", QUERY_INSTANT, .ret = &from },
        { "to", QUERY_INSTANT, .ret = &to },
        { 0 },
    };
    struct list_query list;
    struct outcome out;
    if (rq_accepts(rq, OFFERS) == NULL)
        return ST_NOT_ACCEPTABLE;
    TRY(api_list_query(app, rq, fields, &list));
    if (text_equal(rq_caller(rq)->scope, "inquiry"))
        TRY(rq_need_reason(rq));
    if (binding_id == NULL)
        return ST_BINDING_NOT_FOUND;
    struct binding_entries in = { binding_id, list.filter, list.after, list.limit };
    TRY(db_binding_entries(app->db, api_call(app, rq), &in, &out));
    return reply_entries(app, rq, &list, &out);
}
