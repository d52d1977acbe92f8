CREATE OR REPLACE FUNCTION api.refund_create(p_ctx jsonb, p_payment_id uuid, p_refund_id uuid, p_reason_code text, p_reason text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_staff CONSTANT boolean := p_ctx ->> 'scope' = 'refund';
    v_payment gongji.payment;
    v_refund gongji.refund;
    v_now timestamptz;
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    v_payment := gongji.payment_locked(p_payment_id);
    v_now := gongji.now_cn();
    IF v_payment.id IS NULL
       OR NOT (CASE WHEN v_staff THEN gongji.person_covered(p_ctx, v_payment.insured)
                    ELSE coalesce(v_payment.payer = gongji.person_of(p_ctx ->> 'sub'), false) END) THEN
        v_out := gongji.refuse(ARRAY['PAYMENT_NOT_FOUND']);
    ELSIF gongji.channel_shut(p_ctx, 'pay', v_payment.insured, v_now) THEN
        v_out := gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    ELSIF v_payment.benefit_year IS NULL THEN -- care is taken back by the place that settled it
        v_out := gongji.refuse(ARRAY['PAYMENT_NOT_REFUNDABLE'], jsonb_build_object('PAYMENT_NOT_REFUNDABLE', jsonb_build_object('payment_status', v_payment.status)));
    ELSIF v_payment.status IN ('refunding', 'refunded') THEN
        v_out := gongji.refuse(ARRAY['ALREADY_REFUNDED'], jsonb_build_object('ALREADY_REFUNDED', (
            SELECT jsonb_build_object('refund_id', 'rfd_' || r.id) FROM gongji.refund r WHERE r.insured = v_payment.insured AND r.payment_id = v_payment.id AND r.whole)));
    ELSIF v_payment.status <> 'succeeded' THEN
        v_out := gongji.refuse(ARRAY['PAYMENT_NOT_REFUNDABLE'], jsonb_build_object('PAYMENT_NOT_REFUNDABLE', jsonb_build_object('payment_status', v_payment.status)));
    ELSIF NOT gongji.refund_in_time(v_payment, v_now) AND NOT (v_staff AND p_reason_code IN ('duplicate', 'wrong_insured', 'death')) THEN
        v_out := gongji.refuse(ARRAY['REFUND_PERIOD_ENDED']);
    ELSE
        v_refund := gongji.refund_write(p_ctx, v_payment, p_refund_id, p_reason_code, p_reason, v_now);
        v_out := gongji.ok(gongji.refund_body(v_refund), 'CREATED');
    END IF;
    RETURN gongji.idempotency_store(p_ctx, v_out);
END
$$;
COMMENT ON FUNCTION api.refund_create(jsonb, uuid, uuid, text, text) IS
    'POST /v1/payments/{payment_id}/refunds: gives a whole payment back, once (S0-41, P-28): by staff, or by the payer as long as the policy lets; staff may correct duplicates, wrong insured and deaths at any time';
REVOKE ALL ON FUNCTION api.refund_create(jsonb, uuid, uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.refund_create(jsonb, uuid, uuid, text, text) TO gongji_app;
