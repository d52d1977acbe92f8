CREATE OR REPLACE FUNCTION gongji.add_workdays(p_day date, p_count integer) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT d.day::date
      FROM generate_series(p_day + 1, p_day + 7 + 2 * p_count, interval '1 day') AS d (day)
     WHERE p_count > 0 AND extract(isodow FROM d.day) < 6
    UNION ALL
    SELECT p_day
     WHERE p_count <= 0
     ORDER BY 1
    OFFSET greatest(p_count - 1, 0)
     LIMIT 1
$$;
COMMENT ON FUNCTION gongji.add_workdays(date, integer) IS 'The nth working day after a day; Monday to Friday are working days';
