-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.audit_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_person bigint;
    v_result jsonb;
BEGIN
    IF NOT gongji.range_fits(p_filter) THEN
        RETURN gongji.refuse(ARRAY['RANGE_INVALID']);
    END IF;
    IF p_filter ? 'person_id' THEN
        v_person := gongji.person_of(p_filter ->> 'person_id');
        IF NOT gongji.person_covered(p_ctx, v_person) THEN
            RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
        END IF;
        PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'audit.read', v_person);
        v_result := (SELECT gongji.audit_page(array_agg(x.body ORDER BY x.at DESC, x.id DESC), p_limit)
                       FROM (SELECT t.at, t.id, gongji.audit_body(t.id, t.at, t.action, t.person, t.issuer, t.subject, t.actor, t.channel, t.reason, t.request_id, t.details) AS body
                               FROM gongji.audit_trail(v_person) t
                              WHERE gongji.at_in_range(t.at, p_filter)
                                AND (p_filter ->> 'subject' IS NULL OR t.subject = p_filter ->> 'subject')
                                AND (p_after IS NULL OR (t.at, t.id) < ((p_after ->> 'at')::timestamptz, p_after ->> 'id'))
                              ORDER BY t.at DESC, t.id DESC
                              LIMIT p_limit + 1) x);
        RETURN gongji.ok(v_result);
    END IF;

    v_result := (SELECT gongji.audit_page(array_agg(x.body ORDER BY x.at DESC, x.id DESC), p_limit)
                   FROM (SELECT l.at, l.id, gongji.audit_body('aud_' || l.id, l.at, l.action, l.person, l.issuer, l.subject, l.actor, l.channel, l.reason, l.request_id, l.details) AS body
                           FROM gongji.audit_log l
                          WHERE l.at >= coalesce((p_filter ->> 'from')::timestamptz, '-infinity')
                            AND l.at < coalesce((p_filter ->> 'to')::timestamptz, 'infinity')
                            AND (p_filter ->> 'subject' IS NULL OR l.subject = p_filter ->> 'subject')
                            AND (p_after IS NULL OR (l.at, l.id) < ((p_after ->> 'at')::timestamptz, substr(p_after ->> 'id', 5)::bigint))
                            AND (p_ctx -> 'areas' ? '*' OR gongji.person_covered(p_ctx, l.person))
                          ORDER BY l.at DESC, l.id DESC
                          LIMIT p_limit + 1) x);
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.audit_list(jsonb, jsonb, jsonb, integer) IS
    'GET /v1/audit, newest first: all about one person, payments included; or without person_id what staff and citizens did anywhere in the caller''s areas, of one subject if one is given (an insider''s look-ups, F18). Reading it about a person is recorded itself';
REVOKE ALL ON FUNCTION api.audit_list(jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.audit_list(jsonb, jsonb, jsonb, integer) TO gongji_app;
