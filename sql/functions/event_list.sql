-- repeatable: publishing again what is published does nothing.
CREATE OR REPLACE FUNCTION api.event_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_after bigint := coalesce((p_after ->> 'position')::bigint, gongji.event_position((p_filter ->> 'after')::uuid), 0);
    v_result jsonb;
BEGIN
    PERFORM gongji.event_publish();
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(x.body ORDER BY x.position) FILTER (WHERE x.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN jsonb_build_object('position', max(x.position) FILTER (WHERE x.n <= p_limit)) END)
      INTO v_result
      FROM (SELECT o.position, row_number() OVER (ORDER BY o.position) AS n, gongji.event_body(o) AS body
              FROM gongji.outbox o
             WHERE o.channel = p_ctx ->> 'channel' AND o.position > v_after
             ORDER BY o.position
             LIMIT p_limit + 1) x;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.event_list(jsonb, jsonb, jsonb, integer) IS
    'GET /v1/events: the events of the caller''s channel after a given one, in the order of the feed; whoever asks again with the last id it saw misses none';
REVOKE ALL ON FUNCTION api.event_list(jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.event_list(jsonb, jsonb, jsonb, integer) TO gongji_app;
