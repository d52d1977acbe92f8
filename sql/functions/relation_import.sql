-- repeatable: every row is idempotent by itself
CREATE OR REPLACE FUNCTION api.relation_import(p_ctx jsonb, p_rows jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_row jsonb;
    v_out gongji.outcome;
    v_answers jsonb[] := '{}';
BEGIN
    PERFORM gongji.lock_rows((SELECT jsonb_agg(jsonb_build_object('person_no', side.person_no))
                                FROM jsonb_array_elements(p_rows) r
                               CROSS JOIN LATERAL (VALUES (r ->> 'person_no'), (r ->> 'relative_no')) AS side (person_no)));
    FOR v_row IN SELECT r FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS rows (r, n) ORDER BY n LOOP
        v_out := gongji.relation_write(p_ctx, v_row ->> 'person_no', v_row ->> 'relative_no', ARRAY(SELECT jsonb_array_elements_text(v_row -> 'relations')));
        v_answers := v_answers || jsonb_build_object('code', v_out.code);
    END LOOP;
    RETURN gongji.ok(to_jsonb(v_answers));
END
$$;
COMMENT ON FUNCTION api.relation_import(jsonb, jsonb) IS
    'A chunk of an import of relations [{person_no, relative_no, relations}]: one {code} a row, in order; a refused row leaves the others alone';
REVOKE ALL ON FUNCTION api.relation_import(jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.relation_import(jsonb, jsonb) TO gongji_app;
