CREATE OR REPLACE FUNCTION gongji.premium_standard_view(p_standard gongji.premium_standard) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('area', p_standard.area, 'benefit_year', p_standard.benefit_year, 'product', p_standard.product,
                              'version', p_standard.version, 'amount_fen', p_standard.amount_fen,
                              'benefit', jsonb_build_object('from', p_standard.benefit_from, 'to', p_standard.benefit_to),
                              'windows', p_standard.windows, 'subsidies', p_standard.subsidies, 'source', p_standard.source)
$$;
COMMENT ON FUNCTION gongji.premium_standard_view(gongji.premium_standard) IS 'A premium standard as callers see it';
