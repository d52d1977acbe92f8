CREATE OR REPLACE FUNCTION api.refund_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_after_at timestamptz := coalesce((p_after ->> 'at')::timestamptz, '-infinity');
    v_after_id uuid := coalesce((p_after ->> 'id')::uuid, '00000000-0000-0000-0000-000000000000');
    v_result jsonb;
BEGIN
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(gongji.refund_body(x.refund) ORDER BY x.n) FILTER (WHERE x.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN jsonb_agg(jsonb_build_object('at', gongji.rfc3339((x.refund).created_at), 'id', (x.refund).id))
                                                         FILTER (WHERE x.n = p_limit) -> 0 END)
      INTO v_result
      FROM (SELECT r.refund, row_number() OVER (ORDER BY (r.refund).created_at, (r.refund).id) AS n
              FROM unnest(CASE WHEN p_filter ? 'status' THEN ARRAY[p_filter ->> 'status'] ELSE ARRAY['processing', 'failed', 'succeeded'] END) AS s (status)
             CROSS JOIN LATERAL (SELECT f AS refund
                                   FROM gongji.refund f
                                  WHERE f.status = s.status
                                    AND (f.created_at, f.id) > (v_after_at, v_after_id)
                                    AND gongji.refund_seen(p_ctx, f)
                                  ORDER BY f.created_at, f.id
                                  LIMIT p_limit + 1) r
             ORDER BY (r.refund).created_at, (r.refund).id
             LIMIT p_limit + 1) x;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.refund_list(jsonb, jsonb, jsonb, integer) IS
    'GET /v1/refunds: refunds a caller may see, oldest first, of one status if given: what a channel''s backend has to do is its processing ones';
REVOKE ALL ON FUNCTION api.refund_list(jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.refund_list(jsonb, jsonb, jsonb, integer) TO gongji_app;
