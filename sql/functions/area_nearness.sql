CREATE OR REPLACE FUNCTION gongji.area_nearness(p_area text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_area = '000000' THEN 1 WHEN right(p_area, 4) = '0000' THEN 2 ELSE 3 END
$$;
COMMENT ON FUNCTION gongji.area_nearness(text) IS 'How near to the insured an area''s statement is: nation 1, province 2, pooling area 3';
