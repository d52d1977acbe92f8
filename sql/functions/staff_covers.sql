CREATE OR REPLACE FUNCTION gongji.staff_covers(p_ctx jsonb, p_area text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(p_ctx -> 'areas' ?| ARRAY['*', p_area, left(p_area, 2) || '0000'], false)
$$;
COMMENT ON FUNCTION gongji.staff_covers(jsonb, text) IS 'Whether a staff token''s areas (area or province codes, * for all) cover an area; outside, things answer as if they were not there';
