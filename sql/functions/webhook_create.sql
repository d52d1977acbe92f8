CREATE OR REPLACE FUNCTION api.webhook_create(p_ctx jsonb, p_id uuid, p_url text, p_types text[], p_secret_sealed text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_webhook gongji.webhook;
BEGIN
    INSERT INTO gongji.webhook (id, channel, url, types, secret_sealed, created_by, created_at)
    VALUES (p_id, p_ctx ->> 'channel', p_url, p_types, p_secret_sealed, p_ctx ->> 'sub', v_now)
        ON CONFLICT (channel, url) DO NOTHING
    RETURNING * INTO v_webhook;
    IF v_webhook.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['WEBHOOK_EXISTS']);
    END IF;
    PERFORM gongji.audit(p_ctx, v_now, 'webhook.create', NULL, jsonb_build_object('webhook_id', 'whk_' || p_id, 'url', p_url));
    RETURN gongji.ok(gongji.webhook_body(v_webhook), 'CREATED');
END
$$;
COMMENT ON FUNCTION api.webhook_create(jsonb, uuid, text, text[], text) IS 'POST /v1/webhooks: an endpoint of the caller''s channel, once per address; it gets the events from then on';
REVOKE ALL ON FUNCTION api.webhook_create(jsonb, uuid, text, text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.webhook_create(jsonb, uuid, text, text[], text) TO gongji_app;
