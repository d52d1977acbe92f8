CREATE OR REPLACE FUNCTION gongji.workdays_between(p_from date, p_to date) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT count(*)::integer
      FROM generate_series(p_from + 1, p_to, interval '1 day') AS d (day)
     WHERE gongji.is_workday(d.day::date)
$$;
COMMENT ON FUNCTION gongji.workdays_between(date, date) IS 'Working days after a day up to and including another: the age of an application on the review desk';
