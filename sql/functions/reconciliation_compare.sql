-- repeatable: a comparison changes nothing; sent again it leaves at most one more audit row.
CREATE OR REPLACE FUNCTION api.reconciliation_compare(p_ctx jsonb, p_on date, p_channel text, p_bill jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_shown CONSTANT integer := 1000;
    v_result jsonb;
BEGIN
    WITH ours AS (
        SELECT 'pay_' || l.payment_id AS payment_id, sum(l.amount_fen)::bigint AS fen
          FROM gongji.reconciliation_lines(p_ctx, p_on, p_channel) l
         GROUP BY l.payment_id
    ), billed AS (
        SELECT b.payment_id, b.amount_fen, b.line, count(*) OVER (PARTITION BY b.payment_id, b.amount_fen ORDER BY b.line) AS nth
          FROM jsonb_to_recordset(p_bill) b (payment_id text, amount_fen bigint, line bigint)
    ), theirs AS (
        SELECT b.payment_id, sum(b.amount_fen)::bigint AS fen, min(b.line) AS line
          FROM billed b
         WHERE b.nth = 1
         GROUP BY b.payment_id
    ), compared AS (
        SELECT coalesce(o.payment_id, t.payment_id) AS payment_id, o.fen AS ours_fen, t.fen AS theirs_fen, t.line,
               CASE WHEN o.payment_id IS NULL THEN 'only_in_bill'
                    WHEN t.payment_id IS NULL THEN 'only_here'
                    WHEN o.fen <> t.fen THEN 'amount_differs'
                    ELSE 'equal' END AS class
          FROM ours o
          FULL JOIN theirs t ON t.payment_id = o.payment_id
        UNION ALL
        SELECT b.payment_id, NULL, b.amount_fen, b.line, 'billed_twice'
          FROM billed b
         WHERE b.nth > 1
    )
    SELECT jsonb_build_object(
               'date', p_on, 'channel', p_channel,
               'ours', (SELECT jsonb_build_object('count', count(*), 'amount_fen', coalesce(sum(o.fen), 0)) FROM ours o),
               'theirs', (SELECT jsonb_build_object('count', count(*), 'amount_fen', coalesce(sum(b.amount_fen), 0)) FROM billed b),
               'classes', jsonb_build_object(
                   'equal', count(*) FILTER (WHERE c.class = 'equal'),
                   'only_in_bill', count(*) FILTER (WHERE c.class = 'only_in_bill'),
                   'only_here', count(*) FILTER (WHERE c.class = 'only_here'),
                   'amount_differs', count(*) FILTER (WHERE c.class = 'amount_differs'),
                   'billed_twice', count(*) FILTER (WHERE c.class = 'billed_twice')),
               'differences', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                                          'class', d.class, 'payment_id', d.payment_id, 'ours_fen', d.ours_fen, 'theirs_fen', d.theirs_fen, 'line', d.line))
                                      ORDER BY d.line, d.payment_id), '[]')
                                 FROM (SELECT * FROM compared x WHERE x.class <> 'equal' ORDER BY x.line, x.payment_id LIMIT c_shown) d),
               'differences_truncated', count(*) FILTER (WHERE c.class <> 'equal') > c_shown)
      INTO v_result
      FROM compared c;
    PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'reconciliation.compare', NULL,
                         jsonb_build_object('date', p_on, 'channel', p_channel, 'classes', v_result -> 'classes'));
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.reconciliation_compare(jsonb, date, text, jsonb) IS
    'POST /v1/reconciliations/{date}: a channel''s bill [{payment_id, amount_fen, line}] against the books of the day, difference by difference and by class; who compared is recorded';
REVOKE ALL ON FUNCTION api.reconciliation_compare(jsonb, date, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.reconciliation_compare(jsonb, date, text, jsonb) TO gongji_app;
