CREATE OR REPLACE FUNCTION gongji.at_in_range(p_at timestamptz, p_filter jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_at >= coalesce((p_filter ->> 'from')::timestamptz, '-infinity') AND p_at < coalesce((p_filter ->> 'to')::timestamptz, 'infinity')
$$;
COMMENT ON FUNCTION gongji.at_in_range(timestamptz, jsonb) IS 'Whether an instant lies in a list''s range: from inclusive, to exclusive, each may be open';
