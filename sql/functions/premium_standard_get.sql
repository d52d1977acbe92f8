CREATE OR REPLACE FUNCTION api.premium_standard_get(p_ctx jsonb, p_area text, p_benefit_year integer, p_product text) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_standard gongji.premium_standard;
BEGIN
    SELECT * INTO v_standard
      FROM gongji.premium_standard
     WHERE area = p_area AND benefit_year = p_benefit_year AND product = p_product
     ORDER BY version DESC
     LIMIT 1;
    IF NOT FOUND THEN
        RETURN gongji.refuse(ARRAY['PREMIUM_STANDARD_NOT_FOUND']);
    END IF;
    RETURN gongji.ok(gongji.premium_standard_view(v_standard));
END
$$;
COMMENT ON FUNCTION api.premium_standard_get(jsonb, text, integer, text) IS
    'GET /v1/premium-standards/{area}/{benefit_year}/{product}: the version that stands (S0-38)';
REVOKE ALL ON FUNCTION api.premium_standard_get(jsonb, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.premium_standard_get(jsonb, text, integer, text) TO gongji_app;
