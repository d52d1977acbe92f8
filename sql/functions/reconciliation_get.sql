CREATE OR REPLACE FUNCTION api.reconciliation_get(p_ctx jsonb, p_on date, p_channel text) RETURNS gongji.outcome
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
    SELECT gongji.ok(
        jsonb_strip_nulls(jsonb_build_object('date', p_on, 'channel', p_channel))
        || jsonb_build_object(
            'lines', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'payment_id', 'pay_' || l.payment_id, 'kind', l.kind, 'channel', l.channel, 'at', gongji.rfc3339(l.at), 'receipt_no', l.receipt_no,
                'client_reference', l.client_reference, 'amount_fen', l.amount_fen, 'own_fen', l.own_fen, 'aid_fen', l.aid_fen,
                'cash_fen', l.cash_fen)) ORDER BY l.at, l.payment_id, l.kind), '[]'),
            'totals', jsonb_build_object(
                'count', count(*), 'amount_fen', coalesce(sum(l.amount_fen), 0), 'own_fen', coalesce(sum(l.own_fen), 0),
                'aid_fen', coalesce(sum(l.aid_fen), 0), 'cash_fen', coalesce(sum(l.cash_fen), 0)),
            'cash', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.cash_channel), '[]')
                       FROM (SELECT k.cash_channel,
                                    count(*) FILTER (WHERE k.kind = 'payment') AS received, coalesce(sum(k.amount_fen) FILTER (WHERE k.kind = 'payment'), 0) AS received_fen,
                                    count(*) FILTER (WHERE k.kind = 'refund') AS refunded, coalesce(sum(k.amount_fen) FILTER (WHERE k.kind = 'refund'), 0) AS refunded_fen
                               FROM gongji.reconciliation_cash_lines(p_ctx, p_on) k
                              WHERE p_channel IS NULL OR p_channel IN (k.channel, k.cash_channel)
                              GROUP BY k.cash_channel) c)))
      FROM gongji.reconciliation_lines(p_ctx, p_on, p_channel) l
$$;
COMMENT ON FUNCTION api.reconciliation_get(jsonb, date, text) IS 'GET /v1/reconciliations/{date}: every movement of payments on a business day, of one channel or all, with totals, and what each cash channel took in and paid back, which may be asked for alone; no personal data';
REVOKE ALL ON FUNCTION api.reconciliation_get(jsonb, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.reconciliation_get(jsonb, date, text) TO gongji_app;
