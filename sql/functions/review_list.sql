-- repeatable: reads only.
CREATE OR REPLACE FUNCTION api.review_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER STABLE SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_state text := p_filter ->> 'state';
    v_overdue boolean := p_filter ->> 'overdue';
    v_after_at timestamptz := coalesce(p_after ->> 'at', '-infinity');
    v_after_id uuid := coalesce(p_after ->> 'id', '00000000-0000-0000-0000-000000000000');
    v_result jsonb;
BEGIN
    -- Two ordered index scans an area, of what waits and of what is decided, merged. A lease that ran out counts as queued.
    WITH page AS (
        SELECT m.*, row_number() OVER (ORDER BY m.queued_at, m.binding_id) AS n
          FROM (SELECT r.beneficiary, r.binding_id, r.queued_at
                  FROM gongji.pooling_area a
                 CROSS JOIN LATERAL (
                     (SELECT q.beneficiary, q.binding_id, q.queued_at
                        FROM gongji.review q
                       WHERE v_state IS DISTINCT FROM 'decided'
                         AND q.area = a.code
                         AND q.state <> 'decided'
                         AND (q.queued_at, q.binding_id) > (v_after_at, v_after_id)
                         AND (v_state IS NULL OR gongji.review_state(q, v_now) = v_state)
                         AND (v_overdue IS NULL OR gongji.review_is_overdue(q, v_now) = v_overdue)
                       ORDER BY q.queued_at, q.binding_id
                       LIMIT p_limit + 1)
                     UNION ALL
                     (SELECT q.beneficiary, q.binding_id, q.queued_at
                        FROM gongji.review q
                       WHERE coalesce(v_state, 'decided') = 'decided'
                         AND q.area = a.code
                         AND q.state = 'decided'
                         AND q.mode NOT IN ('none', 'commitment')
                         AND (q.queued_at, q.binding_id) > (v_after_at, v_after_id)
                         AND (v_overdue IS NULL OR gongji.review_is_overdue(q, v_now) = v_overdue)
                       ORDER BY q.queued_at, q.binding_id
                       LIMIT p_limit + 1)) r
                 WHERE gongji.staff_covers(p_ctx, a.code)
                   AND gongji.area_within(a.code, p_filter ->> 'area')
                 ORDER BY r.queued_at, r.binding_id
                 LIMIT p_limit + 1) m
    )
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(gongji.review_body(g.beneficiary, g.binding_id, v_now) ORDER BY g.n) FILTER (WHERE g.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN (
                   SELECT jsonb_build_object('at', gongji.rfc3339(l.queued_at), 'id', l.binding_id) FROM page l WHERE l.n = p_limit) END)
      INTO v_result
      FROM page g;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.review_list(jsonb, jsonb, jsonb, integer) IS
    'The review desk of the caller''s areas, oldest first (S1-29); filters state, area (or province) and overdue; positions are {at, id}. Applications that their policy does not have reviewed are not shown';
REVOKE ALL ON FUNCTION api.review_list(jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.review_list(jsonb, jsonb, jsonb, integer) TO gongji_app;
