CREATE OR REPLACE FUNCTION api.medical_reverse(p_ctx jsonb, p_payment_id uuid, p_reason text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome;
    v_settlement gongji.medical_settlement;
    v_payment gongji.payment;
    v_now timestamptz;
BEGIN
    v_out := gongji.idempotency_claim(p_ctx);
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    SELECT s.* INTO v_settlement
      FROM gongji.medical_settlement s
     WHERE s.payment_id = p_payment_id AND s.institution = p_ctx ->> 'sub';
    IF v_settlement.payment_id IS NULL THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['PAYMENT_NOT_FOUND']));
    END IF;

    SELECT p.* INTO STRICT v_payment FROM gongji.payment p WHERE p.id = v_settlement.payment_id AND p.insured = v_settlement.insured;
    PERFORM gongji.lock_accounts(ARRAY(SELECT d.person FROM gongji.payment_draws(v_payment) d UNION SELECT v_payment.insured), true);
    v_now := gongji.now_cn();
    SELECT p.* INTO STRICT v_payment FROM gongji.payment p WHERE p.id = v_settlement.payment_id AND p.insured = v_settlement.insured;
    IF v_payment.status <> 'succeeded' THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['ALREADY_REFUNDED']));
    END IF;

    PERFORM gongji.medical_give_back(v_payment, v_now);
    UPDATE gongji.payment p SET status = 'refunded' WHERE p.id = v_payment.id AND p.insured = v_payment.insured RETURNING p.* INTO STRICT v_payment;
    UPDATE gongji.medical_settlement s
       SET reversed_at = v_now, reversal_reason = p_reason
     WHERE s.payment_id = v_payment.id AND s.insured = v_payment.insured
    RETURNING s.* INTO STRICT v_settlement;
    PERFORM gongji.payment_note(p_ctx, v_payment.insured, v_payment.id, 'refunded', 'refunded', v_now, p_reason);
    PERFORM gongji.audit(p_ctx, v_now, 'medical.reverse', v_payment.insured, jsonb_build_object('payment_id', 'pay_' || v_payment.id));
    PERFORM gongji.emit(v_now, 'payment.refunded', v_payment.insured, jsonb_build_object('payment_id', 'pay_' || v_payment.id));
    RETURN gongji.idempotency_store(p_ctx, gongji.ok(gongji.payment_view(v_payment)));
END
$$;
COMMENT ON FUNCTION api.medical_reverse(jsonb, uuid, text) IS
    'POST /v1/medical-payments/{id}/reverse: the institution that settled takes it back, whole and once; bindings that ended since do not matter';
REVOKE ALL ON FUNCTION api.medical_reverse(jsonb, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.medical_reverse(jsonb, uuid, text) TO gongji_app;
