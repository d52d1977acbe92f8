-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.binding_list(p_ctx jsonb, p_person_no text, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_person gongji.person := gongji.person_asked(p_ctx, p_person_no);
    v_result jsonb;
BEGIN
    IF v_person.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_person.id, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    IF gongji.by_another(p_ctx) THEN
        PERFORM gongji.audit(p_ctx, v_now, 'binding.list', v_person.id);
    END IF;

    WITH page AS (
        SELECT b.id, b.beneficiary, b.created_at, row_number() OVER (ORDER BY b.created_at DESC, b.id DESC) AS n
          FROM (SELECT b.*
                  FROM gongji.binding_by_grantor g
                  JOIN gongji.binding b ON b.id = g.id AND b.beneficiary = g.beneficiary
                 WHERE g.grantor = v_person.id AND coalesce(p_filter ->> 'role', 'grantor') = 'grantor'
                UNION ALL
                SELECT b.*
                  FROM gongji.binding b
                 WHERE b.beneficiary = v_person.id AND coalesce(p_filter ->> 'role', 'beneficiary') = 'beneficiary') b
         WHERE coalesce((b.created_at, b.id) < ((p_after ->> 'at')::timestamptz, (p_after ->> 'id')::uuid), p_after IS NULL)
           AND NOT gongji.channel_shut(p_ctx, 'read', b.beneficiary, v_now)
           AND gongji.binding_state(b::gongji.binding, v_now) = coalesce(p_filter ->> 'status', gongji.binding_state(b::gongji.binding, v_now))
         ORDER BY b.created_at DESC, b.id DESC
         LIMIT p_limit + 1
    )
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(gongji.binding_body(g.beneficiary, g.id, v_now) ORDER BY g.n) FILTER (WHERE g.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN (
                   SELECT jsonb_build_object('at', gongji.rfc3339(l.created_at), 'id', l.id) FROM page l WHERE l.n = p_limit) END)
      INTO v_result
      FROM page g;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.binding_list(jsonb, text, jsonb, jsonb, integer) IS
    'A person''s bindings as grantor, as beneficiary or both, newest first; those whose beneficiary''s area the channel may read; filters role and status; positions are {at, id}';
REVOKE ALL ON FUNCTION api.binding_list(jsonb, text, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_list(jsonb, text, jsonb, jsonb, integer) TO gongji_app;
