CREATE OR REPLACE FUNCTION gongji.reconciliation_cash_lines(p_ctx jsonb, p_on date)
RETURNS TABLE (cash_channel text, kind text, transaction_id text, payment_id uuid, refund_id uuid, channel text, amount_fen bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.channel, c.kind, c.transaction_id, c.payment_id, c.refund_id, y.channel, c.amount_fen
      FROM (SELECT t.channel, 'payment' AS kind, t.transaction_id, t.payment_id, NULL::uuid AS refund_id, t.insured, t.amount_fen
              FROM gongji.cash_transaction t
             WHERE t.paid_at >= gongji.start_of_day(p_on) AND t.paid_at < gongji.start_of_day(p_on + 1)
             UNION ALL
            SELECT r.cash_channel, 'refund', r.transaction_id, r.payment_id, r.id, r.insured, r.cash_fen
              FROM gongji.refund r
             WHERE r.status = 'succeeded' AND r.cash_fen > 0
               AND r.finished_at >= gongji.start_of_day(p_on) AND r.finished_at < gongji.start_of_day(p_on + 1)) c
      LEFT JOIN gongji.payment y ON y.id = c.payment_id AND y.insured = c.insured
      LEFT JOIN gongji.person i ON i.id = c.insured
     WHERE gongji.staff_covers(p_ctx, coalesce(i.area, '000000'))
$$;
COMMENT ON FUNCTION gongji.reconciliation_cash_lines(jsonb, date) IS
    'Cash of a day at its channels: what payers paid there that day, by the channel''s own time, and what it had paid back by then; cash for nobody''s order is the nation''s';
