CREATE OR REPLACE FUNCTION api.policy_get(p_ctx jsonb, p_area text, p_on date) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_view jsonb := gongji.policy_view(p_area, coalesce(p_on, gongji.date_cn(gongji.now_cn())));
BEGIN
    IF v_view IS NULL THEN
        RETURN gongji.refuse(ARRAY['POLICY_NOT_FOUND']);
    END IF;
    RETURN gongji.ok(v_view);
END
$$;
COMMENT ON FUNCTION api.policy_get(jsonb, text, date) IS 'GET /v1/policies/{area}: the rules of an area, province or the nation on a day (NULL: today), with their provenance';
REVOKE ALL ON FUNCTION api.policy_get(jsonb, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.policy_get(jsonb, text, date) TO gongji_app;
