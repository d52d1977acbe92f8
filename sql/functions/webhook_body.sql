CREATE OR REPLACE FUNCTION gongji.webhook_body(p_webhook gongji.webhook) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('id', 'whk_' || p_webhook.id, 'url', p_webhook.url, 'types', p_webhook.types, 'created_at', gongji.rfc3339(p_webhook.created_at))
           || jsonb_strip_nulls(jsonb_build_object(
               'disabled_at', gongji.rfc3339(p_webhook.disabled_at),
               'previous_secret_until', CASE WHEN p_webhook.previous_secret_until > gongji.now_cn() THEN gongji.rfc3339(p_webhook.previous_secret_until) END))
$$;
COMMENT ON FUNCTION gongji.webhook_body(gongji.webhook) IS 'A webhook as its channel sees it, without its secrets';
