CREATE OR REPLACE FUNCTION gongji.start_of_day(p_day date) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_day::timestamp AT TIME ZONE 'Asia/Shanghai'
$$;
COMMENT ON FUNCTION gongji.start_of_day(date) IS '00:00 of a business date: the twin of date_cn()';
