CREATE OR REPLACE FUNCTION gongji.is_workday(p_day date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT e.working FROM gongji.calendar_exception e WHERE e.day = p_day), extract(isodow FROM p_day) < 6)
$$;
COMMENT ON FUNCTION gongji.is_workday(date) IS 'Whether offices in China work on a day: Monday to Friday, but for public holidays and the weekends worked to make up for them';
