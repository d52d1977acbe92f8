CREATE OR REPLACE FUNCTION gongji.policy_of(p_person bigint, p_now timestamptz) RETURNS gongji.policy_effective
LANGUAGE sql STABLE AS $$
    SELECT e.*
      FROM gongji.person p
      JOIN gongji.policy_effective e ON e.area = p.area AND e.valid_from <= gongji.date_cn(p_now)
     WHERE p.id = p_person
     ORDER BY e.valid_from DESC, e.version DESC
     LIMIT 1
$$;
COMMENT ON FUNCTION gongji.policy_of(bigint, timestamptz) IS 'The rules that a person''s area has in force at an instant';
