CREATE OR REPLACE FUNCTION gongji.payment_release(p_ctx jsonb, p_payment gongji.payment, p_status text, p_now timestamptz, p_reason text DEFAULT NULL,
                                                  p_details jsonb DEFAULT '{}') RETURNS gongji.payment
LANGUAGE plpgsql AS $$
DECLARE
    v_hold gongji.hold;
    v_account gongji.account;
    v_cash gongji.cash_transaction;
BEGIN
    FOR v_hold IN
        SELECT h.* FROM gongji.hold h
         WHERE h.person = ANY (gongji.payment_parties(p_payment)) AND h.payment_id = p_payment.id AND h.state = 'held'
         ORDER BY h.n
    LOOP
        SELECT a.* INTO STRICT v_account FROM gongji.account a WHERE a.person = v_hold.person;
        PERFORM gongji.account_save(gongji.account_held(v_account, gongji.bucket_of_year(v_account, v_hold.money_year), -v_hold.amount_fen));
        UPDATE gongji.hold SET state = 'released' WHERE person = v_hold.person AND payment_id = v_hold.payment_id AND n = v_hold.n;
    END LOOP;
    UPDATE gongji.payment SET status = p_status WHERE id = p_payment.id AND insured = p_payment.insured RETURNING * INTO STRICT p_payment;
    PERFORM gongji.payment_note(p_ctx, p_payment.insured, p_payment.id, p_status, p_status, p_now, p_reason, p_details);
    PERFORM gongji.emit(p_now, 'payment.' || p_status, p_payment.insured, jsonb_build_object('payment_id', 'pay_' || p_payment.id));

    -- Cash that waited for a decision about this payment has lost its purpose.
    FOR v_cash IN SELECT c.* FROM gongji.cash_transaction c WHERE c.payment_id = p_payment.id AND c.state = 'manual_review' LOOP
        PERFORM gongji.cash_refund(p_ctx, v_cash, v_cash.amount_fen, 'wrong_amount', p_now, p_reason);
    END LOOP;
    RETURN p_payment;
END
$$;
COMMENT ON FUNCTION gongji.payment_release(jsonb, gongji.payment, text, timestamptz, text, jsonb) IS
    'Ends a locked payment that was not completed (cancelled, expired): its holds are lifted, no money moves but cash already here, which goes back';
