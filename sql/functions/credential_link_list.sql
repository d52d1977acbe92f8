CREATE OR REPLACE FUNCTION api.credential_link_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_me bigint := gongji.person_of(p_ctx ->> 'sub');
    v_result jsonb;
BEGIN
    IF v_me IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(x.body ORDER BY x.n) FILTER (WHERE x.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN jsonb_agg(jsonb_build_object('at', x.at, 'id', x.id)) FILTER (WHERE x.n = p_limit) -> 0 END)
      INTO v_result
      FROM (SELECT l.id, gongji.rfc3339(l.created_at) AS at, row_number() OVER (ORDER BY l.created_at DESC, l.id DESC) AS n,
                   gongji.credential_link_body(l) AS body
              FROM (SELECT o.* FROM gongji.credential_link o WHERE o.holder = v_me AND o.ended_at IS NULL
                     UNION ALL
                    SELECT o.* FROM gongji.credential_link o WHERE o.member = v_me AND o.ended_at IS NULL) l
             WHERE p_after IS NULL OR (l.created_at, l.id) < ((p_after ->> 'at')::timestamptz, (p_after ->> 'id')::uuid)
             ORDER BY l.created_at DESC, l.id DESC
             LIMIT p_limit + 1) x;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.credential_link_list(jsonb, jsonb, jsonb, integer) IS 'GET /v1/credential-links: the caller''s, as the one who shows and as the one who is shown, newest first';
REVOKE ALL ON FUNCTION api.credential_link_list(jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.credential_link_list(jsonb, jsonb, jsonb, integer) TO gongji_app;
