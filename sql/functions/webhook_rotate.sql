CREATE OR REPLACE FUNCTION api.webhook_rotate(p_ctx jsonb, p_id uuid, p_secret_sealed text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_overlap CONSTANT interval := '24 hours';
    v_now timestamptz := gongji.now_cn();
    v_webhook gongji.webhook;
BEGIN
    UPDATE gongji.webhook
       SET previous_secret_sealed = secret_sealed,
           previous_secret_until = v_now + c_overlap,
           secret_sealed = p_secret_sealed
     WHERE id = p_id AND channel = p_ctx ->> 'channel'
    RETURNING * INTO v_webhook;
    IF v_webhook.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['WEBHOOK_NOT_FOUND']);
    END IF;
    PERFORM gongji.audit(p_ctx, v_now, 'webhook.rotate', NULL, jsonb_build_object('webhook_id', 'whk_' || p_id));
    RETURN gongji.ok(gongji.webhook_body(v_webhook));
END
$$;
COMMENT ON FUNCTION api.webhook_rotate(jsonb, uuid, text) IS
    'POST /v1/webhooks/{webhook_id}/secret: another secret signs from now on, the one before beside it for a day, the one before that no more';
REVOKE ALL ON FUNCTION api.webhook_rotate(jsonb, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.webhook_rotate(jsonb, uuid, text) TO gongji_app;
