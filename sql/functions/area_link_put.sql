CREATE OR REPLACE FUNCTION api.area_link_put(p_ctx jsonb, p_grantor_area text, p_beneficiary_area text, p_valid_from date, p_valid_to date,
                                             p_uses text[]) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_link gongji.area_link;
    v_unknown text;
    v_standing gongji.area_link;
    v_now timestamptz;
BEGIN
    SELECT s.area INTO v_unknown
      FROM unnest(ARRAY[p_grantor_area, p_beneficiary_area]) AS s (area)
     WHERE NOT EXISTS (SELECT FROM gongji.pooling_area a WHERE a.code = s.area AND a.level <> 'nation')
     LIMIT 1;
    IF FOUND THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN'], jsonb_build_object('AREA_UNKNOWN', jsonb_build_object('area', v_unknown)));
    END IF;
    IF NOT (gongji.staff_covers(p_ctx, p_grantor_area) AND gongji.staff_covers(p_ctx, p_beneficiary_area)) THEN
        RETURN gongji.refuse(ARRAY['AREA_LINK_NOT_FOUND']);
    END IF;
    LOCK TABLE gongji.area_link IN SHARE ROW EXCLUSIVE MODE;
    v_now := gongji.now_cn();
    SELECT * INTO v_standing
      FROM gongji.area_link
     WHERE grantor_area = p_grantor_area AND beneficiary_area = p_beneficiary_area AND valid_from = p_valid_from
     ORDER BY version DESC
     LIMIT 1;
    IF v_standing.version IS NOT NULL AND (v_standing.valid_to, v_standing.uses) IS NOT DISTINCT FROM (p_valid_to, p_uses) THEN
        RETURN gongji.ok(gongji.area_link_view(v_standing));
    END IF;

    INSERT INTO gongji.area_link (grantor_area, beneficiary_area, valid_from, valid_to, uses, created_at, created_by)
    VALUES (p_grantor_area, p_beneficiary_area, p_valid_from, p_valid_to, p_uses, v_now, coalesce(p_ctx ->> 'sub', 'system'))
    RETURNING * INTO v_link;
    PERFORM gongji.audit(p_ctx, v_now, 'area_link.put', NULL, gongji.area_link_view(v_link));
    RETURN gongji.ok(gongji.area_link_view(v_link), CASE WHEN v_standing.version IS NULL THEN 'CREATED' ELSE 'OK' END);
END
$$;
COMMENT ON FUNCTION api.area_link_put(jsonb, text, text, date, date, text[]) IS
    'PUT /v1/area-links/{grantor_area}/{beneficiary_area}/{valid_from}: opens uses between areas or provinces from a day on (S0-15); no uses closes the link, one that says what stands already changes nothing; asks for staff of both sides';
REVOKE ALL ON FUNCTION api.area_link_put(jsonb, text, text, date, date, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.area_link_put(jsonb, text, text, date, date, text[]) TO gongji_app;
