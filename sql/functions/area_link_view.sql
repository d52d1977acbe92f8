CREATE OR REPLACE FUNCTION gongji.area_link_view(p_link gongji.area_link) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('grantor_area', p_link.grantor_area, 'beneficiary_area', p_link.beneficiary_area,
                              'valid_from', p_link.valid_from, 'valid_to', p_link.valid_to, 'uses', p_link.uses, 'version', p_link.version)
$$;
COMMENT ON FUNCTION gongji.area_link_view(gongji.area_link) IS 'An area link as callers see it';
