CREATE OR REPLACE FUNCTION gongji.payment_cash_body(p_payment_id uuid, p_insured bigint, p_cash gongji.cash_transaction) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT gongji.payment_body(p, i.person_no)
           || jsonb_build_object('received', jsonb_strip_nulls(jsonb_build_object(
                  'channel', p_cash.channel,
                  'transaction_id', p_cash.transaction_id,
                  'amount_fen', p_cash.amount_fen,
                  'outcome', p_cash.state,
                  'refund_id', (SELECT 'rfd_' || r.id
                                  FROM gongji.refund r
                                 WHERE r.insured = p_insured AND r.payment_id = p_payment_id AND NOT r.whole
                                   AND r.cash_channel = p_cash.channel AND r.transaction_id = p_cash.transaction_id))))
      FROM gongji.payment p
      JOIN gongji.person i ON i.id = p.insured
     WHERE p.id = p_payment_id AND p.insured = p_insured
$$;
COMMENT ON FUNCTION gongji.payment_cash_body(uuid, bigint, gongji.cash_transaction) IS 'A payment as it stands, and what a transaction reported for it came to';
