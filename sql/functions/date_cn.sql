CREATE OR REPLACE FUNCTION gongji.date_cn(p_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (p_at AT TIME ZONE 'Asia/Shanghai')::date
$$;
COMMENT ON FUNCTION gongji.date_cn(timestamptz) IS 'Business date of an instant: the date in Asia/Shanghai';
