CREATE OR REPLACE FUNCTION gongji.policy_on(p_area text, p_day date) RETURNS gongji.policy_effective
LANGUAGE sql STABLE AS $$
    SELECT e.*
      FROM gongji.policy_effective e
     WHERE e.area = p_area AND e.valid_from <= p_day
     ORDER BY e.valid_from DESC, e.version DESC
     LIMIT 1
$$;
COMMENT ON FUNCTION gongji.policy_on(text, date) IS 'The rules in force in an area on a day, inheritance resolved';
