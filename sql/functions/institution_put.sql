CREATE OR REPLACE FUNCTION api.institution_put(p_ctx jsonb, p_row jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
BEGIN
    RETURN gongji.institution_write(p_ctx, p_row);
END
$$;
COMMENT ON FUNCTION api.institution_put(jsonb, jsonb) IS 'PUT /v1/institutions/{code}: CREATED or OK, AREA_UNKNOWN, or INSTITUTION_NOT_FOUND outside the staff''s areas';
REVOKE ALL ON FUNCTION api.institution_put(jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.institution_put(jsonb, jsonb) TO gongji_app;
