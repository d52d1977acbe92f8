CREATE OR REPLACE FUNCTION api.webhook_deliveries(p_ctx jsonb, p_id uuid, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_result jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.webhook WHERE id = p_id AND channel = p_ctx ->> 'channel') THEN
        RETURN gongji.refuse(ARRAY['WEBHOOK_NOT_FOUND']);
    END IF;
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(x.body ORDER BY x.event_id DESC) FILTER (WHERE x.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN jsonb_build_object('event', (array_agg(x.event_id) FILTER (WHERE x.n = p_limit))[1]) END)
      INTO v_result
      FROM (SELECT d.event_id, row_number() OVER (ORDER BY d.event_id DESC) AS n,
                   jsonb_strip_nulls(jsonb_build_object(
                       'event_id', 'evt_' || d.event_id, 'type', o.type, 'state', d.state,
                       'next_attempt_at', CASE WHEN d.state = 'pending' THEN gongji.rfc3339(d.next_at) END))
                   || jsonb_build_object('attempts', (
                       SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                                  'at', gongji.rfc3339(a.at), 'http_status', a.http_status, 'error', a.error, 'duration_ms', a.duration_ms)) ORDER BY a.n), '[]')
                         FROM gongji.webhook_attempt a
                        WHERE a.webhook_id = d.webhook_id AND a.event_id = d.event_id)) AS body
              FROM gongji.webhook_delivery d
              JOIN gongji.outbox o ON o.person = d.person AND o.id = d.outbox_id
             WHERE d.webhook_id = p_id
               AND d.state = coalesce(p_filter ->> 'state', d.state)
               AND (p_after IS NULL OR d.event_id < (p_after ->> 'event')::uuid)
             ORDER BY d.event_id DESC
             LIMIT p_limit + 1) x;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.webhook_deliveries(jsonb, uuid, jsonb, jsonb, integer) IS 'GET /v1/webhooks/{webhook_id}/deliveries: what was sent there, newest first, with every attempt';
REVOKE ALL ON FUNCTION api.webhook_deliveries(jsonb, uuid, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.webhook_deliveries(jsonb, uuid, jsonb, jsonb, integer) TO gongji_app;
