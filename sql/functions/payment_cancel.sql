CREATE OR REPLACE FUNCTION api.payment_cancel(p_ctx jsonb, p_payment_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_payment gongji.payment;
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    v_payment := gongji.payment_locked(p_payment_id);
    IF NOT coalesce(gongji.person_of(p_ctx ->> 'sub') IN (v_payment.insured, v_payment.payer), false) THEN
        v_out := gongji.refuse(ARRAY['PAYMENT_NOT_FOUND']);
    ELSIF gongji.channel_shut(p_ctx, 'pay', v_payment.insured, gongji.now_cn()) THEN
        v_out := gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    ELSIF v_payment.status <> 'awaiting_cash' THEN
        v_out := gongji.refuse(ARRAY['PAYMENT_NOT_CANCELLABLE'], jsonb_build_object('PAYMENT_NOT_CANCELLABLE', jsonb_build_object('payment_status', v_payment.status)));
    ELSE
        v_payment := gongji.payment_release(p_ctx, v_payment, 'cancelled', gongji.now_cn());
        v_out := gongji.ok(gongji.payment_body(v_payment, (SELECT i.person_no FROM gongji.person i WHERE i.id = v_payment.insured)));
    END IF;
    RETURN gongji.idempotency_store(p_ctx, v_out);
END
$$;
COMMENT ON FUNCTION api.payment_cancel(jsonb, uuid) IS
    'POST /v1/payments/{payment_id}/cancel: the payer or the insured gives up a payment that waits for its cash; what was held is free again, cash that still comes goes back';
REVOKE ALL ON FUNCTION api.payment_cancel(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.payment_cancel(jsonb, uuid) TO gongji_app;
