CREATE OR REPLACE FUNCTION api.premium_standard_put(p_ctx jsonb, p_area text, p_benefit_year integer, p_product text, p_document jsonb)
RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_standing gongji.premium_standard;
    v_new gongji.premium_standard;
    v_now timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.pooling_area WHERE code = p_area AND pooling) THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN']); -- standards are not inherited: elsewhere one would never count
    END IF;
    IF NOT gongji.staff_covers(p_ctx, p_area) THEN
        RETURN gongji.refuse(ARRAY['PREMIUM_STANDARD_NOT_FOUND']);
    END IF;
    LOCK TABLE gongji.premium_standard IN SHARE ROW EXCLUSIVE MODE;
    v_now := gongji.now_cn();
    SELECT * INTO v_standing
      FROM gongji.premium_standard
     WHERE area = p_area AND benefit_year = p_benefit_year AND product = p_product
     ORDER BY version DESC
     LIMIT 1;
    IF v_standing.version IS NOT NULL
       AND gongji.premium_standard_view(v_standing) - ARRAY['area', 'benefit_year', 'product', 'version']
           = '{"subsidies": []}'::jsonb || p_document THEN
        RETURN gongji.ok(gongji.premium_standard_view(v_standing));
    END IF;

    INSERT INTO gongji.premium_standard (area, benefit_year, product, amount_fen, benefit_from, benefit_to, windows, subsidies, source,
                                         created_at, created_by)
    VALUES (p_area, p_benefit_year, p_product, (p_document ->> 'amount_fen')::bigint,
            (p_document #>> '{benefit,from}')::date, (p_document #>> '{benefit,to}')::date,
            p_document -> 'windows', coalesce(p_document -> 'subsidies', '[]'), p_document -> 'source',
            v_now, coalesce(p_ctx ->> 'sub', 'system'))
    RETURNING * INTO v_new;
    PERFORM gongji.audit(p_ctx, v_now, 'premium_standard.put', NULL,
                         jsonb_build_object('area', p_area, 'benefit_year', p_benefit_year, 'product', p_product, 'version', v_new.version));
    RETURN gongji.ok(gongji.premium_standard_view(v_new), CASE WHEN v_standing.version IS NULL THEN 'CREATED' ELSE 'OK' END);
END
$$;
COMMENT ON FUNCTION api.premium_standard_put(jsonb, text, integer, text, jsonb) IS
    'PUT /v1/premium-standards/{area}/{benefit_year}/{product}: a new version stands from now on; one that says what stands already changes nothing';
REVOKE ALL ON FUNCTION api.premium_standard_put(jsonb, text, integer, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.premium_standard_put(jsonb, text, integer, text, jsonb) TO gongji_app;
