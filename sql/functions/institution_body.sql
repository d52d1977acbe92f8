CREATE OR REPLACE FUNCTION gongji.institution_body(p_place gongji.institution) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('code', p_place.code, 'name', p_place.name, 'kind', p_place.kind, 'area', p_place.area,
                              'designated_from', p_place.designated_from, 'designated_to', p_place.designated_to,
                              'updated_at', gongji.rfc3339(p_place.updated_at))
$$;
COMMENT ON FUNCTION gongji.institution_body(gongji.institution) IS 'A place as staff see it';
