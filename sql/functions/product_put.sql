CREATE OR REPLACE FUNCTION api.product_put(p_ctx jsonb, p_area text, p_product text, p_use text, p_scheme text, p_valid_from date, p_valid_to date) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_standing gongji.product;
    v_product gongji.product;
    v_now timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.pooling_area WHERE code = p_area) THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN']);
    END IF;
    IF NOT gongji.staff_covers(p_ctx, p_area) THEN
        RETURN gongji.refuse(ARRAY['PRODUCT_NOT_FOUND']);
    END IF;
    LOCK TABLE gongji.product IN SHARE ROW EXCLUSIVE MODE;
    v_now := gongji.now_cn();
    SELECT * INTO v_standing FROM gongji.product WHERE area = p_area AND product = p_product;
    IF (v_standing.use, v_standing.scheme, v_standing.valid_from, v_standing.valid_to) IS NOT DISTINCT FROM (p_use, p_scheme, p_valid_from, p_valid_to) THEN
        RETURN gongji.ok(gongji.product_view(v_standing));
    END IF;
    INSERT INTO gongji.product AS t (area, product, use, scheme, valid_from, valid_to, updated_at)
    VALUES (p_area, p_product, p_use, p_scheme, p_valid_from, p_valid_to, v_now)
    ON CONFLICT (area, product) DO UPDATE
        SET use = excluded.use, scheme = excluded.scheme, valid_from = excluded.valid_from, valid_to = excluded.valid_to, updated_at = excluded.updated_at
    RETURNING * INTO STRICT v_product;
    PERFORM gongji.audit(p_ctx, v_now, 'product_put', NULL, gongji.product_view(v_product));
    RETURN gongji.ok(gongji.product_view(v_product), CASE WHEN v_standing.area IS NULL THEN 'CREATED' ELSE 'OK' END);
END
$$;
COMMENT ON FUNCTION api.product_put(jsonb, text, text, text, text, date, date) IS
    'PUT /v1/products/{area}/{product}: lists a premium for an area, province or the nation, or changes it; what it was before stands in the audit log, one that says what stands already changes nothing';
REVOKE ALL ON FUNCTION api.product_put(jsonb, text, text, text, text, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.product_put(jsonb, text, text, text, text, date, date) TO gongji_app;
