-- repeatable: a second audit row is true, it was asked twice
CREATE OR REPLACE FUNCTION api.person_resolve(p_ctx jsonb, p_blind_indexes text[], p_match_digests text[]) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_person bigint := gongji.person_of_identity(p_blind_indexes, p_match_digests);
BEGIN
    PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'person.resolve', v_person, jsonb_build_object('matched', v_person IS NOT NULL));
    IF v_person IS NULL THEN
        RETURN gongji.refuse(ARRAY['NAME_ID_MISMATCH']);
    END IF;
    RETURN gongji.ok((SELECT jsonb_build_object('person_id', person_no) FROM gongji.person WHERE id = v_person));
END
$$;
COMMENT ON FUNCTION api.person_resolve(jsonb, text[], text[]) IS
    'POST /v1/persons/resolve: name and ID number, as keyed digests, to the person number; a wrong name and an unknown number answer alike (S0-20), and leave the same trace';
REVOKE ALL ON FUNCTION api.person_resolve(jsonb, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.person_resolve(jsonb, text[], text[]) TO gongji_app;
