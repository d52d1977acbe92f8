CREATE OR REPLACE FUNCTION gongji.product_view(p_product gongji.product) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('area', p_product.area, 'product', p_product.product, 'use', p_product.use, 'scheme', p_product.scheme,
                              'valid_from', p_product.valid_from, 'valid_to', p_product.valid_to, 'updated_at', gongji.rfc3339(p_product.updated_at))
$$;
COMMENT ON FUNCTION gongji.product_view(gongji.product) IS 'A product as staff see it';
