-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.incident_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_last CONSTANT uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    v_result jsonb;
BEGIN
    IF NOT gongji.range_fits(p_filter) THEN
        RETURN gongji.refuse(ARRAY['RANGE_INVALID']);
    END IF;
    IF p_filter ->> 'person_id' IS NOT NULL THEN
        PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'incident.list', gongji.person_of(p_filter ->> 'person_id'));
    END IF;
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(x.body ORDER BY x.n) FILTER (WHERE x.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN jsonb_agg(jsonb_build_object('at', x.at, 'id', x.id)) FILTER (WHERE x.n = p_limit) -> 0 END)
      INTO v_result
      FROM (SELECT i.id, gongji.rfc3339(i.at) AS at, row_number() OVER (ORDER BY i.at DESC, i.id DESC) AS n,
                   jsonb_build_object('id', 'inc_' || i.id, 'at', gongji.rfc3339(i.at), 'kind', i.kind, 'institution_id', i.institution,
                                      'settlement_no', i.settlement_no, 'patient_id', i.patient_no, 'credential_holder_id', i.credential_holder,
                                      'credential_kind', i.credential_kind)
                   || jsonb_strip_nulls(jsonb_build_object('presented_by', i.presented_by, 'request_id', i.request_id)) AS body
              FROM gongji.incident i
              LEFT JOIN gongji.institution t ON t.code = i.institution
              LEFT JOIN gongji.person p ON p.id = i.patient
             WHERE (gongji.staff_covers(p_ctx, t.area) OR gongji.staff_covers(p_ctx, p.area))
               AND gongji.at_in_range(i.at, p_filter)
               AND i.institution = coalesce(p_filter ->> 'institution_id', i.institution)
               AND (p_filter ->> 'person_id' IS NULL OR p_filter ->> 'person_id' IN (i.patient_no, i.credential_holder, i.presented_by))
               AND (i.at, i.id) < (coalesce((p_after ->> 'at')::timestamptz, 'infinity'), coalesce((p_after ->> 'id')::uuid, c_last))
             ORDER BY i.at DESC, i.id DESC
             LIMIT p_limit + 1) x;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.incident_list(jsonb, jsonb, jsonb, integer) IS
    'GET /v1/incidents: care asked for under another''s credential (S1-16), newest first, where the place or the patient is of the staff''s areas';
REVOKE ALL ON FUNCTION api.incident_list(jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.incident_list(jsonb, jsonb, jsonb, integer) TO gongji_app;
