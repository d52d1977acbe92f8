CREATE OR REPLACE FUNCTION gongji.cash_decide(p_ctx jsonb, p_cash gongji.cash_transaction, p_payment gongji.payment, p_now timestamptz) RETURNS gongji.cash_transaction
LANGUAGE plpgsql AS $$
DECLARE
    v_details CONSTANT jsonb := jsonb_build_object('cash_channel', p_cash.channel, 'transaction_id', p_cash.transaction_id, 'amount_fen', p_cash.amount_fen);
    v_refund uuid;
BEGIN
    IF p_payment.status = 'awaiting_cash' AND p_cash.amount_fen = p_payment.cash_fen THEN
        p_cash.state := 'captured'; -- straight from the channel, it never was in suspense
        PERFORM gongji.payment_capture(p_ctx, p_payment, p_cash, p_now);
        RETURN p_cash;
    END IF;

    PERFORM gongji.cash_into_suspense(p_cash, p_payment, p_now);
    IF p_payment.id IS NULL THEN
        PERFORM gongji.emit(p_now, 'cash.unknown_order', 0, jsonb_build_object('cash_id', 'csh_' || p_cash.id));
    ELSIF p_payment.status = 'awaiting_cash' THEN
        UPDATE gongji.payment SET status = 'manual_review' WHERE id = p_payment.id AND insured = p_payment.insured;
        PERFORM gongji.payment_note(p_ctx, p_payment.insured, p_payment.id, 'wrong_amount', 'manual_review', p_now, NULL,
                                    v_details || jsonb_build_object('expected_fen', p_payment.cash_fen));
        PERFORM gongji.emit(p_now, 'payment.manual_review', p_payment.insured, jsonb_build_object('payment_id', 'pay_' || p_payment.id));
    ELSE
        v_refund := gongji.cash_refund(p_ctx, p_cash, p_cash.amount_fen,
                                       CASE WHEN p_payment.status IN ('cancelled', 'expired') THEN 'late_cash' ELSE 'other_cash_first' END, p_now);
        PERFORM gongji.payment_note(p_ctx, p_payment.insured, p_payment.id, 'cash_to_refund', p_payment.status, p_now, NULL,
                                    v_details || jsonb_build_object('refund_id', 'rfd_' || v_refund));
        p_cash.state := 'to_refund';
    END IF;
    RETURN p_cash;
END
$$;
COMMENT ON FUNCTION gongji.cash_decide(jsonb, gongji.cash_transaction, gongji.payment, timestamptz) IS
    'What new cash comes to, its payment locked: the awaited amount completes the payment; another amount, or an order nobody knows, waits for staff; cash after the end of the payment, or after other cash, goes back';
