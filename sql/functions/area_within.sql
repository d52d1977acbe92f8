CREATE OR REPLACE FUNCTION gongji.area_within(p_area text, p_filter text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(p_filter IN (p_area, left(p_area, 2) || '0000', '000000'), true)
$$;
COMMENT ON FUNCTION gongji.area_within(text, text) IS 'Whether an area is the one, or in the province, or the nation, that a list is narrowed to; no filter lets all through';
