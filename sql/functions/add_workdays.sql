CREATE OR REPLACE FUNCTION gongji.add_workdays(p_day date, p_count integer) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- Twice the count and a month: also across the longest holidays.
    SELECT d.day::date
      FROM generate_series(p_day + 1, p_day + 31 + 2 * p_count, interval '1 day') AS d (day)
     WHERE p_count > 0 AND gongji.is_workday(d.day::date)
    UNION ALL
    SELECT p_day
     WHERE p_count <= 0
     ORDER BY 1
    OFFSET greatest(p_count - 1, 0)
     LIMIT 1
$$;
COMMENT ON FUNCTION gongji.add_workdays(date, integer) IS 'The nth working day after a day, by the calendar of China''s public holidays';
