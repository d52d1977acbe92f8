CREATE OR REPLACE FUNCTION api.product_get(p_ctx jsonb, p_area text, p_product text) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_product gongji.product;
BEGIN
    SELECT * INTO v_product
      FROM gongji.product
     WHERE product = p_product AND area = p_area;
    IF v_product.product IS NULL THEN
        RETURN gongji.refuse(ARRAY['PRODUCT_NOT_FOUND']);
    END IF;
    RETURN gongji.ok(gongji.product_view(v_product));
END
$$;
COMMENT ON FUNCTION api.product_get(jsonb, text, text) IS 'GET /v1/products/{area}/{product}: the row of exactly this area, province or nation';
REVOKE ALL ON FUNCTION api.product_get(jsonb, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.product_get(jsonb, text, text) TO gongji_app;
