CREATE OR REPLACE FUNCTION api.webhook_claim(p_ctx jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_lease CONSTANT interval := '5 minutes'; -- longer than all attempts of one claim may take together
    v_now timestamptz;
    v_result jsonb;
BEGIN
    PERFORM gongji.event_publish();
    v_now := gongji.now_cn();
    -- Of two processes that see the same rows the second waits for the first, looks again, and takes none of them.
    WITH claimed AS (
        UPDATE gongji.webhook_delivery d
           SET attempts = d.attempts + 1,
               next_at = v_now + c_lease
         WHERE (d.webhook_id, d.event_id) IN (SELECT c.webhook_id, c.event_id
                                                FROM gongji.webhook w
                                               CROSS JOIN LATERAL (SELECT q.webhook_id, q.event_id, q.next_at
                                                                     FROM gongji.webhook_delivery q
                                                                    WHERE q.webhook_id = w.id AND q.state = 'pending' AND q.next_at <= v_now
                                                                    ORDER BY q.next_at
                                                                    LIMIT p_limit) c
                                               ORDER BY c.next_at
                                               LIMIT p_limit)
           AND d.state = 'pending' AND d.next_at <= v_now
        RETURNING d.*)
    SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
               'previous_secret_sealed', CASE WHEN w.previous_secret_until > v_now THEN w.previous_secret_sealed END)) || jsonb_build_object(
               'webhook_id', c.webhook_id, 'event_id', c.event_id, 'attempt', c.attempts, 'url', w.url, 'secret_sealed', w.secret_sealed,
               'message', gongji.event_body(o)) ORDER BY o.position), '[]')
      INTO v_result
      FROM claimed c
      JOIN gongji.webhook w ON w.id = c.webhook_id
      JOIN gongji.outbox o ON o.person = c.person AND o.id = c.outbox_id;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.webhook_claim(jsonb, integer) IS 'Takes events that are due for delivery; what its taker does not report back in time is due again';
REVOKE ALL ON FUNCTION api.webhook_claim(jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.webhook_claim(jsonb, integer) TO gongji_app;
