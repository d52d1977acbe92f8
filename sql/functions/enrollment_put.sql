CREATE OR REPLACE FUNCTION api.enrollment_put(p_ctx jsonb, p_person_no text, p_benefit_year integer, p_enrolled boolean) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
BEGIN
    RETURN gongji.enrollment_write(p_ctx, p_person_no, p_benefit_year, p_enrolled);
END
$$;
COMMENT ON FUNCTION api.enrollment_put(jsonb, text, integer, boolean) IS 'PUT /v1/persons/{person_id}/enrollments/{benefit_year}: CREATED or OK, or PERSON_NOT_FOUND';
REVOKE ALL ON FUNCTION api.enrollment_put(jsonb, text, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.enrollment_put(jsonb, text, integer, boolean) TO gongji_app;
