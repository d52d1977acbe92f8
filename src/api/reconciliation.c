/* /v1/reconciliations/{date}: what moved on a business day, as JSON or CSV with totals; a channel's bill against it: of the
 * payments it brought, or of the cash that passed through it. */
#include <gongji/api/api.h>

#include <stdio.h>
#include <string.h>

#include <gongji/base/csv.h>
#include <gongji/base/id.h>
#include <gongji/db/reports.h>
#include <gongji/domain/cash.h>
#include <gongji/domain/civil_date.h>
#include <gongji/domain/money.h>

/* clang-format off */
static const char *const OFFERS[] = { "application/json", "text/csv", NULL };
static const char *const COLUMNS[] = { "payment_id", "kind", "channel", "at", "receipt_no", "client_reference",
                                       "amount_fen", "own_fen", "aid_fen", "cash_fen", NULL };
/* clang-format on */

static enum status read_address(struct request *rq, bool channel_needed, const char **ret_date,
                                const char **ret_channel)
{
    *ret_channel = NULL;
    *ret_date = rq_path(rq, "date");
    TRY(rq_query(rq, (const struct query_field[]){
                         { "channel", QUERY_TEXT, ret_channel, .max = 32, .required = channel_needed }, { 0 } }));
    return civil_date_valid(*ret_date) ? ST_OK : rq_fault(rq, "{date}", "bad_format", "must be a day as YYYY-MM-DD");
}

/* --- out --- */

/* The last line has the totals, and "total" where the others have a payment. */
static enum status reply_csv(struct request *rq, const struct outcome *out)
{
    struct buf csv = buf_new(rq_arena(rq));
    const json_t *line;
    size_t i;
    json_t *totals = json_object_get(out->result, "totals");
    api_csv_header(&csv, COLUMNS);
    json_array_foreach(json_object_get(out->result, "lines"), i, line) {
        api_csv_row(&csv, COLUMNS, line);
    }
    json_object_set_new(totals, "payment_id", json_string("total"));
    api_csv_row(&csv, COLUMNS, totals);
    return reply_bytes(rq, out->code, "text/csv; charset=utf-8; header=present",
                       (struct str){ buf_text(&csv), csv.length });
}

enum status api_reconciliation_get(struct app *app, struct request *rq)
{
    const char *date, *channel;
    struct outcome out;
    if (!rq_accepts(rq, OFFERS))
        return ST_NOT_ACCEPTABLE;
    TRY(read_address(rq, false, &date, &channel));
    TRY(db_reconciliation_get(app->db, api_long_call(app, rq), date, channel, &out));
    reply_header(rq, "Vary", "Accept");
    if (text_equal(rq_accepts(rq, OFFERS), "application/json"))
        return api_reply(rq, &out);
    TRY(api_refusal(rq, &out));
    return reply_csv(rq, &out);
}

/* --- in --- */

enum { LINES_MAX = 200000, KEY_MAX = 64 };

/* A bill names payments of ours, or transactions of its own: then it is one of cash. */
struct bill {
    struct request *rq;
    size_t payment_column, transaction_column, refund_column, amount_column, columns;
    bool of_cash;
    json_t *lines;
};

static enum status line_fault(struct bill *bill, const struct csv_row *row, const char *detail)
{
    return rq_fault(bill->rq, arena_printf(rq_arena(bill->rq), "/lines/%lld", (long long)row->line), "bad_format",
                    detail);
}

/* What we gave out can come back as it is: other columns are passed over. */
static enum status read_header(struct bill *bill, enum csv_what what, const struct csv_row *row)
{
    const struct {
        const char *name;
        size_t *column;
    } known[] = { { "payment_id", &bill->payment_column },
                  { "transaction_id", &bill->transaction_column },
                  { "refund_no", &bill->refund_column },
                  { "amount_fen", &bill->amount_column } };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        *known[k].column = CSV_CELLS;
        for (size_t i = 0; what == CSV_ROW && i < row->count; i++)
            if (text_equal(row->cells[i], known[k].name))
                *known[k].column = i;
    }
    bill->columns = what == CSV_ROW ? row->count : 0;
    bill->of_cash = bill->transaction_column != CSV_CELLS;
    if (bill->amount_column == CSV_CELLS || (!bill->of_cash && bill->payment_column == CSV_CELLS))
        return rq_fault(bill->rq, "", "missing",
                        "the header row must name the columns payment_id or transaction_id, and amount_fen");
    return ST_OK;
}

static void read_payment(struct bill *bill, const struct csv_row *row, int64_t fen)
{
    const char *payment_id = row->cells[bill->payment_column];
    if (!id_strip("pay_", payment_id))
        line_fault(bill, row, "payment_id is none");
    else
        json_array_append_new(bill->lines, json_pack("{s:s, s:I, s:I}", "payment_id", payment_id, "amount_fen",
                                                     (json_int_t)fen, "line", (json_int_t)row->line));
}

static void read_cash(struct bill *bill, const struct csv_row *row, int64_t fen)
{
    const char *transaction_id = row->cells[bill->transaction_column];
    const char *refund_no = bill->refund_column == CSV_CELLS ? "" : row->cells[bill->refund_column];
    if (*transaction_id == '\0' || strlen(transaction_id) > KEY_MAX || strlen(refund_no) > KEY_MAX)
        line_fault(bill, row, "transaction_id or refund_no has no text or too much of it");
    else
        json_array_append_new(bill->lines,
                              json_pack("{s:s, s:s, s:I, s:I}", "transaction_id", transaction_id, "refund_no",
                                        refund_no, "amount_fen", (json_int_t)fen, "line", (json_int_t)row->line));
}

static void read_line(struct bill *bill, enum csv_what what, const struct csv_row *row)
{
    int64_t fen;
    if (what == CSV_BAD || row->count != bill->columns) {
        line_fault(bill, row, what == CSV_BAD ? row->why : "has another number of fields than the header row");
        return;
    }
    if (text_equal(row->cells[bill->of_cash ? bill->transaction_column : bill->payment_column], "total"))
        return;
    if (!parse_int64(row->cells[bill->amount_column], &fen) || fen > FEN_MAX || fen < -FEN_MAX)
        line_fault(bill, row, "amount_fen is no whole number of fen");
    else if (bill->of_cash)
        read_cash(bill, row, fen);
    else
        read_payment(bill, row, fen);
}

static enum status read_bill(struct bill *bill, FILE *in)
{
    CLEANUP(csv_freep) struct csv *csv = csv_new(in);
    struct arena *arena = rq_arena(bill->rq);
    struct csv_row row = { 0 };
    enum csv_what what = csv_next(csv, arena, &row);
    TRY(read_header(bill, what, &row));
    while ((what = csv_next(csv, arena, &row)) != CSV_END) {
        if (json_array_size(bill->lines) == LINES_MAX)
            return ST_BODY_TOO_LARGE;
        read_line(bill, what, &row);
    }
    return rq_faults(bill->rq)->count > 0 ? ST_VALIDATION_FAILED : ST_OK;
}

static enum status compare(struct app *app, const struct bill *bill, const char *date, const char *channel)
{
    struct request *rq = bill->rq;
    const struct db_call *call = api_long_call(app, rq);
    const char *lines = json_text(rq_arena(rq), bill->lines);
    struct outcome out;
    if (bill->of_cash && !text_in(channel, CASH_CHANNELS))
        return rq_fault(rq, "?channel", "not_allowed", "a bill of transactions is of wechatpay, alipay or counter");
    TRY(bill->of_cash ? db_reconciliation_cash(app->db, call, date, channel, lines, &out)
                      : db_reconciliation_compare(app->db, call, date, channel, lines, &out));
    return api_reply(rq, &out);
}

enum status api_reconciliation_compare(struct app *app, struct request *rq)
{
    struct arena *arena = rq_arena(rq);
    struct bill bill = { .rq = rq, .lines = json_keep(arena, json_array()) };
    struct str bytes = rq_bytes(rq);
    const char *date, *channel;
    TRY(read_address(rq, true, &date, &channel));
    if (bytes.length == 0 || !utf8_valid(bytes))
        return rq_fault(rq, "", "bad_format", "must be a CSV text in UTF-8");
    FILE *in = fmemopen(arena_copy(arena, bytes.bytes, bytes.length), bytes.length, "r");
    if (!in)
        out_of_memory();
    enum status status = read_bill(&bill, in);
    fclose(in);
    TRY(status);
    return compare(app, &bill, date, channel);
}
