CREATE OR REPLACE FUNCTION gongji.webhook_body(p_webhook gongji.webhook) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('id', 'whk_' || p_webhook.id, 'url', p_webhook.url, 'types', p_webhook.types, 'created_at', gongji.rfc3339(p_webhook.created_at))
$$;
COMMENT ON FUNCTION gongji.webhook_body(gongji.webhook) IS 'A webhook as its channel sees it, without the secret';
