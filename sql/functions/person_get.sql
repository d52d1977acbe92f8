-- repeatable: a second audit row is true, the entry was read twice
CREATE OR REPLACE FUNCTION api.person_get(p_ctx jsonb, p_person_no text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_person bigint := gongji.person_of(p_person_no);
BEGIN
    IF NOT gongji.person_covered(p_ctx, v_person) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'person.read', v_person);
    RETURN gongji.ok(gongji.person_body(v_person));
END
$$;
COMMENT ON FUNCTION api.person_get(jsonb, text) IS 'GET /v1/persons/{person_id}: the register entry, masked; who read it and why is recorded (F18)';
REVOKE ALL ON FUNCTION api.person_get(jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.person_get(jsonb, text) TO gongji_app;
