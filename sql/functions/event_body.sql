CREATE OR REPLACE FUNCTION gongji.event_body(p_event gongji.outbox) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('id', 'evt_' || p_event.event_id, 'type', p_event.type, 'timestamp', gongji.rfc3339(p_event.at), 'data', p_event.payload)
$$;
COMMENT ON FUNCTION gongji.event_body(gongji.outbox) IS 'An event as the feed and the webhooks tell it: ids only';
