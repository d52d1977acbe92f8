-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.payment_get(p_ctx jsonb, p_payment_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_payment gongji.payment := gongji.payment_asked(p_ctx, p_payment_id, 'payment.read');
BEGIN
    IF v_payment.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['PAYMENT_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_payment.insured, gongji.now_cn()) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    RETURN gongji.ok(gongji.payment_view(v_payment));
END
$$;
COMMENT ON FUNCTION api.payment_get(jsonb, uuid) IS 'One payment, for the insured, the payer, a grantor whose money is in it, and staff of the insured''s area';
REVOKE ALL ON FUNCTION api.payment_get(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.payment_get(jsonb, uuid) TO gongji_app;
