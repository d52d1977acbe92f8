CREATE OR REPLACE FUNCTION api.payment_resolve(p_ctx jsonb, p_payment_id uuid, p_action text, p_reason text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_payment gongji.payment;
    v_cash gongji.cash_transaction;
    v_now timestamptz;
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    v_payment := gongji.payment_locked(p_payment_id);
    v_now := gongji.now_cn();
    IF v_payment.id IS NULL OR NOT gongji.person_covered(p_ctx, v_payment.insured) THEN
        v_out := gongji.refuse(ARRAY['PAYMENT_NOT_FOUND']);
    ELSIF v_payment.status <> 'manual_review' THEN
        v_out := gongji.refuse(ARRAY['PAYMENT_NOT_IN_REVIEW'], jsonb_build_object('PAYMENT_NOT_IN_REVIEW', jsonb_build_object('payment_status', v_payment.status)));
    ELSE
        SELECT c.* INTO STRICT v_cash FROM gongji.cash_transaction c WHERE c.payment_id = v_payment.id AND c.state = 'manual_review';
        IF p_action = 'accept' THEN
            v_payment := gongji.payment_capture(p_ctx, v_payment, v_cash, v_now, p_reason);
            IF v_cash.amount_fen > v_payment.cash_fen THEN
                PERFORM gongji.cash_refund(p_ctx, v_cash, v_cash.amount_fen - v_payment.cash_fen, 'excess_cash', v_now, p_reason);
            END IF;
        ELSE
            v_payment := gongji.payment_release(p_ctx, v_payment, 'cancelled', v_now, p_reason);
        END IF;
        PERFORM gongji.audit(p_ctx || jsonb_build_object('reason', p_reason), v_now, 'payment.resolve', v_payment.insured,
                             jsonb_build_object('payment_id', 'pay_' || v_payment.id, 'action', p_action));
        v_out := gongji.ok(gongji.payment_body(v_payment, (SELECT i.person_no FROM gongji.person i WHERE i.id = v_payment.insured)));
    END IF;
    RETURN gongji.idempotency_store(p_ctx, v_out);
END
$$;
COMMENT ON FUNCTION api.payment_resolve(jsonb, uuid, text, text) IS
    'POST /v1/payments/{payment_id}/resolve: staff decide about cash of another amount than was awaited. accept: the payment is completed, what was too much goes back, what is missing is waived and told as a difference; refund_cash: all cash goes back, the payment is cancelled';
REVOKE ALL ON FUNCTION api.payment_resolve(jsonb, uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.payment_resolve(jsonb, uuid, text, text) TO gongji_app;
