-- repeatable: a comparison changes nothing; sent again it leaves at most one more audit row.
CREATE OR REPLACE FUNCTION api.reconciliation_cash(p_ctx jsonb, p_on date, p_channel text, p_bill jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_shown CONSTANT integer := 1000;
    v_result jsonb;
BEGIN
    WITH ours AS (
        SELECT l.kind, l.transaction_id, min(l.payment_id::text) AS payment_id, min(l.refund_id::text) AS refund_id, sum(l.amount_fen)::bigint AS fen, count(*) AS n
          FROM gongji.reconciliation_cash_lines(p_ctx, p_on) l
         WHERE l.cash_channel = p_channel
         GROUP BY l.kind, l.transaction_id
    ), billed AS (
        SELECT CASE WHEN b.amount_fen < 0 THEN 'refund' ELSE 'payment' END AS kind, b.transaction_id, abs(b.amount_fen) AS fen, b.line,
               row_number() OVER (PARTITION BY b.transaction_id, b.amount_fen, b.refund_no ORDER BY b.line) AS nth
          FROM jsonb_to_recordset(p_bill) b (transaction_id text, refund_no text, amount_fen bigint, line bigint)
    ), theirs AS (
        SELECT b.kind, b.transaction_id, sum(b.fen)::bigint AS fen, min(b.line) AS line
          FROM billed b
         WHERE b.nth = 1
         GROUP BY b.kind, b.transaction_id
    ), elsewhere AS ( -- what the bill has today and we have on another day, or not finished yet
        SELECT 'payment' AS kind, c.transaction_id, c.payment_id, NULL::uuid AS refund_id, gongji.date_cn(c.paid_at) AS booked_on, c.insured
          FROM gongji.cash_transaction c
         WHERE c.channel = p_channel AND c.transaction_id IN (SELECT t.transaction_id FROM theirs t WHERE t.kind = 'payment')
         UNION ALL
        SELECT DISTINCT ON (r.transaction_id) 'refund', r.transaction_id, r.payment_id, r.id, gongji.date_cn(r.finished_at), r.insured
          FROM gongji.refund r
         WHERE r.cash_channel = p_channel AND r.transaction_id IN (SELECT t.transaction_id FROM theirs t WHERE t.kind = 'refund')
         ORDER BY transaction_id, booked_on DESC NULLS FIRST
    ), compared AS (
        SELECT t.line, coalesce(o.kind, t.kind) AS kind, coalesce(o.transaction_id, t.transaction_id) AS transaction_id, coalesce(o.payment_id, e.payment_id::text) AS payment_id,
               coalesce(o.refund_id, e.refund_id::text) AS refund_id, o.fen AS ours_fen, t.fen AS theirs_fen, CASE WHEN o.kind IS NULL THEN e.booked_on END AS booked_on,
               CASE WHEN t.kind IS NULL THEN 'only_here'
                    WHEN o.fen = t.fen THEN 'equal'
                    WHEN o.fen <> t.fen THEN 'amount_differs'
                    WHEN e.kind IS NULL THEN 'only_in_bill'
                    WHEN e.booked_on IS NULL THEN 'refund_open_here'
                    ELSE 'other_day_here' END AS class
          FROM ours o
          FULL JOIN theirs t ON t.kind = o.kind AND t.transaction_id = o.transaction_id
          LEFT JOIN (elsewhere x LEFT JOIN gongji.person i ON i.id = x.insured) AS e
                 ON o.kind IS NULL AND e.kind = t.kind AND e.transaction_id = t.transaction_id AND gongji.staff_covers(p_ctx, coalesce(e.area, '000000'))
         UNION ALL
        SELECT b.line, b.kind, b.transaction_id, NULL, NULL, NULL, b.fen, NULL, 'billed_twice'
          FROM billed b
         WHERE b.nth > 1
    )
    SELECT jsonb_build_object(
               'date', p_on, 'channel', p_channel,
               'ours', (SELECT jsonb_build_object('count', coalesce(sum(o.n), 0), 'amount_fen', coalesce(sum(o.fen) FILTER (WHERE o.kind = 'payment'), 0),
                                                  'refunded_fen', coalesce(sum(o.fen) FILTER (WHERE o.kind = 'refund'), 0)) FROM ours o),
               'theirs', (SELECT jsonb_build_object('count', count(*), 'amount_fen', coalesce(sum(b.fen) FILTER (WHERE b.kind = 'payment'), 0),
                                                    'refunded_fen', coalesce(sum(b.fen) FILTER (WHERE b.kind = 'refund'), 0)) FROM billed b),
               'classes', (SELECT jsonb_object_agg(k.class, (SELECT count(*) FROM compared x WHERE x.class = k.class))
                             FROM unnest(ARRAY['equal', 'only_in_bill', 'only_here', 'amount_differs', 'billed_twice', 'other_day_here', 'refund_open_here']) AS k (class)),
               'differences', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                                          'class', d.class, 'kind', d.kind, 'transaction_id', d.transaction_id, 'payment_id', 'pay_' || d.payment_id,
                                          'refund_id', 'rfd_' || d.refund_id, 'booked_on', d.booked_on, 'ours_fen', d.ours_fen, 'theirs_fen', d.theirs_fen, 'line', d.line))
                                      ORDER BY d.line, d.transaction_id, d.kind), '[]')
                                 FROM (SELECT * FROM compared x WHERE x.class <> 'equal' ORDER BY x.line, x.transaction_id, x.kind LIMIT c_shown) d),
               'differences_truncated', (SELECT count(*) > c_shown FROM compared x WHERE x.class <> 'equal'))
      INTO v_result;
    PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'reconciliation.compare', NULL,
                         jsonb_build_object('date', p_on, 'cash_channel', p_channel, 'classes', v_result -> 'classes'));
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.reconciliation_cash(jsonb, date, text, jsonb) IS
    'POST /v1/reconciliations/{date}: a cash channel''s own bill [{transaction_id, refund_no, amount_fen (below zero: paid back), line}] against the cash it told us of, difference by difference and by class; who compared is recorded';
REVOKE ALL ON FUNCTION api.reconciliation_cash(jsonb, date, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.reconciliation_cash(jsonb, date, text, jsonb) TO gongji_app;
