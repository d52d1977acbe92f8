-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.payment_history(p_ctx jsonb, p_payment_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_payment gongji.payment := gongji.payment_asked(p_ctx, p_payment_id, 'payment.read_history');
BEGIN
    IF v_payment.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['PAYMENT_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_payment.insured, gongji.now_cn()) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    RETURN gongji.ok(jsonb_build_object('data', jsonb_build_array(jsonb_build_object(
               'at', gongji.rfc3339(v_payment.created_at), 'event', 'created',
               'status', CASE WHEN v_payment.cash_expires_at IS NULL THEN 'succeeded' ELSE 'awaiting_cash' END))
           || gongji.payment_history_body(v_payment.insured, v_payment.id, p_ctx ->> 'kind' = 'staff')));
END
$$;
COMMENT ON FUNCTION api.payment_history(jsonb, uuid) IS
    'GET /v1/payments/{payment_id}/history: what happened to a payment, oldest first: cash received and what it came to, cancelled, expired, refunded (F4, F5)';
REVOKE ALL ON FUNCTION api.payment_history(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.payment_history(jsonb, uuid) TO gongji_app;
