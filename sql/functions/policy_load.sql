CREATE OR REPLACE FUNCTION api.policy_load(p_ctx jsonb, p_area text, p_rows jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz;
    v_row record;
    v_standing gongji.policy;
    v_version bigint;
    v_from date;
    v_added integer := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.pooling_area WHERE code = p_area) THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN']);
    END IF;
    LOCK TABLE gongji.policy IN SHARE ROW EXCLUSIVE MODE;
    v_now := gongji.now_cn();

    FOR v_row IN SELECT (r.document ->> 'valid_from')::date AS valid_from, r.document - 'valid_from' AS document
                   FROM jsonb_array_elements(p_rows) AS r (document) LOOP
        SELECT * INTO v_standing
          FROM gongji.policy
         WHERE area = p_area AND valid_from = v_row.valid_from
         ORDER BY version DESC
         LIMIT 1;
        CONTINUE WHEN FOUND AND gongji.policy_document(v_standing) = v_row.document;
        v_version := gongji.policy_add(p_ctx, v_now, p_area, v_row.valid_from, v_row.document);
        v_from := least(v_from, v_row.valid_from);
        v_added := v_added + 1;
    END LOOP;

    IF v_added > 0 THEN
        PERFORM gongji.policy_materialise(p_area, v_from, v_version);
    END IF;
    RETURN gongji.ok(jsonb_build_object('area', p_area, 'rows', jsonb_array_length(p_rows), 'added', v_added));
END
$$;
COMMENT ON FUNCTION api.policy_load(jsonb, text, jsonb) IS
    '`gongji policy apply`: rows [{valid_from, legal_basis, source, members…}] of one area, also of days gone by: for who owns the schema, not for the server; a row that stands already is left alone, so loading a file twice changes nothing';
REVOKE ALL ON FUNCTION api.policy_load(jsonb, text, jsonb) FROM PUBLIC;
