CREATE OR REPLACE FUNCTION api.area_link_get(p_ctx jsonb, p_grantor_area text, p_beneficiary_area text, p_valid_from date) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_link gongji.area_link;
BEGIN
    SELECT * INTO v_link
      FROM gongji.area_link
     WHERE grantor_area = p_grantor_area AND beneficiary_area = p_beneficiary_area AND valid_from = p_valid_from
     ORDER BY version DESC
     LIMIT 1;
    IF NOT FOUND THEN
        RETURN gongji.refuse(ARRAY['AREA_LINK_NOT_FOUND']);
    END IF;
    RETURN gongji.ok(gongji.area_link_view(v_link));
END
$$;
COMMENT ON FUNCTION api.area_link_get(jsonb, text, text, date) IS
    'GET /v1/area-links/{grantor_area}/{beneficiary_area}/{valid_from}: the version that stands for that first day';
REVOKE ALL ON FUNCTION api.area_link_get(jsonb, text, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.area_link_get(jsonb, text, text, date) TO gongji_app;
