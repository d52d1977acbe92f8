CREATE OR REPLACE FUNCTION api.refund_result(p_ctx jsonb, p_refund_id uuid, p_channel_status text, p_out_refund_no text, p_channel_refund_no text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_refund gongji.refund;
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    v_refund := gongji.refund_locked(p_refund_id);
    IF v_refund.id IS NULL OR NOT gongji.refund_seen(p_ctx, v_refund) THEN
        v_out := gongji.refuse(ARRAY['REFUND_NOT_FOUND']);
    ELSIF p_out_refund_no <> v_refund.out_refund_no THEN
        v_out := gongji.refuse(ARRAY['REFUND_NUMBER_STALE'], jsonb_build_object('REFUND_NUMBER_STALE', jsonb_build_object('out_refund_no', v_refund.out_refund_no)));
    ELSIF v_refund.status = 'succeeded' AND p_channel_status <> 'SUCCESS' THEN
        v_out := gongji.refuse(ARRAY['REFUND_ALREADY_FINAL']);
    ELSE
        v_refund := gongji.refund_move(p_ctx, v_refund, p_channel_status, p_channel_refund_no, gongji.now_cn());
        v_out := gongji.ok(gongji.refund_body(v_refund));
    END IF;
    RETURN gongji.idempotency_store(p_ctx, v_out);
END
$$;
COMMENT ON FUNCTION api.refund_result(jsonb, uuid, text, text, text) IS
    'POST /v1/refunds/{refund_id}/result: how the cash of a refund stands at its channel, in the channel''s words (F6); SUCCESS alone ends it, and stays';
REVOKE ALL ON FUNCTION api.refund_result(jsonb, uuid, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.refund_result(jsonb, uuid, text, text, text) TO gongji_app;
