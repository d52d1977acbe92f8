CREATE OR REPLACE FUNCTION api.webhook_list(p_ctx jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
BEGIN
    RETURN gongji.ok(jsonb_build_object(
        'data', (SELECT coalesce(jsonb_agg(gongji.webhook_body(w) ORDER BY w.created_at, w.id), '[]') FROM gongji.webhook w WHERE w.channel = p_ctx ->> 'channel'),
        'next_cursor', NULL));
END
$$;
COMMENT ON FUNCTION api.webhook_list(jsonb) IS 'GET /v1/webhooks: the endpoints of the caller''s channel';
REVOKE ALL ON FUNCTION api.webhook_list(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.webhook_list(jsonb) TO gongji_app;
