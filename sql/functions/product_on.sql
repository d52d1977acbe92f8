CREATE OR REPLACE FUNCTION gongji.product_on(p_area text, p_product text, p_day date) RETURNS gongji.product
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_product gongji.product;
BEGIN
    SELECT * INTO v_product
      FROM gongji.product t
     WHERE t.product = p_product AND t.area IN (p_area, left(p_area, 2) || '0000', '000000')
     ORDER BY t.area DESC
     LIMIT 1;
    RETURN CASE WHEN p_day BETWEEN v_product.valid_from AND coalesce(v_product.valid_to, p_day) THEN v_product END;
END
$$;
COMMENT ON FUNCTION gongji.product_on(text, text, date) IS 'A product as an area lists it on a day, its own row before its province''s and the nation''s; NULL: not listed';
