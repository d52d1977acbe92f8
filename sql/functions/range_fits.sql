CREATE OR REPLACE FUNCTION gongji.range_fits(p_filter jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce((p_filter ->> 'from')::timestamptz < (p_filter ->> 'to')::timestamptz, true)
$$;
COMMENT ON FUNCTION gongji.range_fits(jsonb) IS 'Whether a list''s from (inclusive) is before its to (exclusive); an open end always fits (S1-31, RANGE_INVALID)';
