CREATE OR REPLACE FUNCTION api.person_put(p_ctx jsonb, p_record jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
BEGIN
    RETURN gongji.person_write(p_ctx, p_record);
END
$$;
COMMENT ON FUNCTION api.person_put(jsonb, jsonb) IS 'PUT /v1/persons/{person_id}: CREATED or OK with the register entry, or AREA_UNKNOWN, PERSON_NOT_FOUND, ID_NUMBER_TAKEN; p_record as for gongji.person_write';
REVOKE ALL ON FUNCTION api.person_put(jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.person_put(jsonb, jsonb) TO gongji_app;
