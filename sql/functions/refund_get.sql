-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.refund_get(p_ctx jsonb, p_refund_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_refund gongji.refund;
BEGIN
    SELECT r.* INTO v_refund FROM gongji.refund r WHERE r.id = p_refund_id;
    IF v_refund.id IS NULL OR NOT gongji.refund_seen(p_ctx, v_refund) THEN
        RETURN gongji.refuse(ARRAY['REFUND_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_refund.insured, gongji.now_cn()) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    IF gongji.by_another(p_ctx) AND p_ctx ->> 'scope' <> 'cash' THEN
        PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'refund.read', v_refund.insured, jsonb_build_object('refund_id', 'rfd_' || v_refund.id));
    END IF;
    RETURN gongji.ok(gongji.refund_body(v_refund)
                     || jsonb_build_object('history', gongji.payment_history_body(v_refund.insured, v_refund.id, p_ctx ->> 'scope' = 'refund')));
END
$$;
COMMENT ON FUNCTION api.refund_get(jsonb, uuid) IS 'GET /v1/refunds/{refund_id}: one refund with its history, for staff, the backends of its channel, payer and insured';
REVOKE ALL ON FUNCTION api.refund_get(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.refund_get(jsonb, uuid) TO gongji_app;
