CREATE OR REPLACE FUNCTION api.webhook_delete(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM gongji.webhook WHERE id = p_id AND channel = p_ctx ->> 'channel';
    IF NOT FOUND THEN
        RETURN gongji.refuse(ARRAY['WEBHOOK_NOT_FOUND']);
    END IF;
    UPDATE gongji.webhook_delivery SET state = 'failed' WHERE webhook_id = p_id AND state = 'pending';
    PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'webhook.delete', NULL, jsonb_build_object('webhook_id', 'whk_' || p_id));
    RETURN gongji.ok(NULL, 'NO_CONTENT');
END
$$;
COMMENT ON FUNCTION api.webhook_delete(jsonb, uuid) IS 'DELETE /v1/webhooks/{webhook_id}: nothing is sent there any more; the log of what was stays';
REVOKE ALL ON FUNCTION api.webhook_delete(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.webhook_delete(jsonb, uuid) TO gongji_app;
