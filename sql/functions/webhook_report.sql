-- repeatable: an attempt is reported once.
CREATE OR REPLACE FUNCTION api.webhook_report(p_ctx jsonb, p_webhook_id uuid, p_event_id uuid, p_attempt integer, p_http_status integer, p_error text,
                                              p_duration_ms integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_waits CONSTANT interval[] := ARRAY['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours', '14 hours', '20 hours', '24 hours'];
    c_gone CONSTANT integer := 410;
    v_now timestamptz := gongji.now_cn();
BEGIN
    INSERT INTO gongji.webhook_attempt (webhook_id, event_id, n, at, http_status, error, duration_ms)
    VALUES (p_webhook_id, p_event_id, p_attempt, v_now, p_http_status, p_error, p_duration_ms)
        ON CONFLICT DO NOTHING;
    UPDATE gongji.webhook_delivery
       SET state = CASE WHEN p_http_status BETWEEN 200 AND 299 THEN 'delivered'
                        WHEN p_http_status = c_gone OR p_attempt > cardinality(c_waits) THEN 'failed'
                        ELSE 'pending' END,
           next_at = v_now + coalesce(c_waits[p_attempt], '0')
     WHERE webhook_id = p_webhook_id AND event_id = p_event_id AND state = 'pending' AND attempts = p_attempt;
    IF p_http_status = c_gone THEN
        UPDATE gongji.webhook SET disabled_at = v_now WHERE id = p_webhook_id AND disabled_at IS NULL;
        IF FOUND THEN
            UPDATE gongji.webhook_delivery SET state = 'failed' WHERE webhook_id = p_webhook_id AND state = 'pending';
            PERFORM gongji.audit(p_ctx, v_now, 'webhook.disable', NULL, jsonb_build_object('webhook_id', 'whk_' || p_webhook_id, 'http_status', p_http_status));
        END IF;
    END IF;
    RETURN gongji.ok(NULL, 'NO_CONTENT');
END
$$;
COMMENT ON FUNCTION api.webhook_report(jsonb, uuid, uuid, integer, integer, text, integer) IS
    'What came of an attempt: delivered by a 2xx, else tried again after growing waits (those of Standard Webhooks), given up after the tenth; 410 Gone disables the webhook and gives up all that waits for it; the feed still has the event';
REVOKE ALL ON FUNCTION api.webhook_report(jsonb, uuid, uuid, integer, integer, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.webhook_report(jsonb, uuid, uuid, integer, integer, text, integer) TO gongji_app;
