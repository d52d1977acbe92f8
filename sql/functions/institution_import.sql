-- repeatable: every row is idempotent by itself
CREATE OR REPLACE FUNCTION api.institution_import(p_ctx jsonb, p_rows jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_row jsonb;
    v_out gongji.outcome;
    v_answers jsonb[] := '{}';
BEGIN
    FOR v_row IN SELECT r FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS rows (r, n) ORDER BY n LOOP
        v_out := gongji.institution_write(p_ctx, v_row);
        v_answers := v_answers || jsonb_build_object('code', v_out.code, 'extras', CASE WHEN v_out.codes IS NOT NULL THEN v_out.result -> v_out.code END);
    END LOOP;
    RETURN gongji.ok(to_jsonb(v_answers));
END
$$;
COMMENT ON FUNCTION api.institution_import(jsonb, jsonb) IS 'A chunk of an import of institutions: one {code, extras} a row, in order; a refused row leaves the others alone';
REVOKE ALL ON FUNCTION api.institution_import(jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.institution_import(jsonb, jsonb) TO gongji_app;
