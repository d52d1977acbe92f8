CREATE OR REPLACE FUNCTION gongji.refund_finish(p_ctx jsonb, p_refund gongji.refund, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_payment gongji.payment;
BEGIN
    INSERT INTO gongji.ledger_entry (person, account, kind, money_year, movement_id, amount_fen, at, effective_on, payment_id, insured)
    SELECT p_refund.insured, s.account::gongji.ledger_account, 'cash', extract(year FROM gongji.date_cn(p_now)), m.id, s.fen, p_now, gongji.date_cn(p_now),
           p_refund.payment_id, nullif(p_refund.insured, 0)
      FROM (SELECT gen_random_uuid() AS id) m
     CROSS JOIN (VALUES ('cash_suspense', -p_refund.cash_fen), ('cash_clearing', p_refund.cash_fen)) AS s (account, fen);
    IF p_refund.whole THEN
        UPDATE gongji.payment SET status = 'refunded' WHERE id = p_refund.payment_id AND insured = p_refund.insured RETURNING * INTO STRICT v_payment;
        PERFORM gongji.emit(p_now, 'payment.refunded', v_payment.insured, jsonb_build_object('payment_id', 'pay_' || v_payment.id));
    END IF;
    IF p_refund.payment_id IS NOT NULL THEN
        PERFORM gongji.payment_note(p_ctx, p_refund.insured, p_refund.payment_id, CASE WHEN p_refund.whole THEN 'refunded' ELSE 'cash_returned' END,
                                    (SELECT y.status FROM gongji.payment y WHERE y.id = p_refund.payment_id AND y.insured = p_refund.insured), p_now, NULL,
                                    jsonb_build_object('refund_id', 'rfd_' || p_refund.id));
    END IF;
END
$$;
COMMENT ON FUNCTION gongji.refund_finish(jsonb, gongji.refund, timestamptz) IS 'The channel has paid the cash back: it leaves suspense, and a payment given back as a whole is refunded';
