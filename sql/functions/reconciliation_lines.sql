CREATE OR REPLACE FUNCTION gongji.reconciliation_lines(p_ctx jsonb, p_on date, p_channel text)
RETURNS TABLE (payment_id uuid, kind text, channel text, at timestamptz, receipt_no text, client_reference text, amount_fen bigint, own_fen bigint, aid_fen bigint,
               cash_fen bigint)
LANGUAGE sql STABLE AS $$
    SELECT y.id, m.kind, y.channel, m.at, y.receipt_no, y.client_reference, m.own_fen + m.aid_fen + m.cash_fen, m.own_fen, m.aid_fen, m.cash_fen
      FROM (SELECT e.payment_id, e.insured, e.kind::text AS kind, min(e.at) AS at,
                   coalesce(-sum(e.amount_fen) FILTER (WHERE e.account = 'personal' AND e.binding_id IS NULL), 0) AS own_fen,
                   coalesce(-sum(e.amount_fen) FILTER (WHERE e.account = 'personal' AND e.binding_id IS NOT NULL), 0) AS aid_fen,
                   coalesce(-sum(e.amount_fen) FILTER (WHERE e.account = 'cash_clearing'), 0) AS cash_fen
              FROM gongji.ledger_entry e
             WHERE e.payment_id IS NOT NULL
               AND e.account IN ('personal', 'cash_clearing')
               AND e.at >= gongji.start_of_day(p_on)
               AND e.at < gongji.start_of_day(p_on + 1)
             GROUP BY e.payment_id, e.insured, e.kind, e.movement_id) m
      JOIN gongji.payment y ON y.id = m.payment_id AND y.insured = m.insured
      JOIN gongji.person i ON i.id = y.insured
     WHERE y.channel = coalesce(p_channel, y.channel)
       AND gongji.staff_covers(p_ctx, i.area)
$$;
COMMENT ON FUNCTION gongji.reconciliation_lines(jsonb, date, text) IS
    'What moved for payments on a business day, by booking time, so that a past day stays as it was: a line a payment and kind, from the ledger and not from what payments tell of themselves';
