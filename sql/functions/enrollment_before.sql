CREATE OR REPLACE FUNCTION gongji.enrollment_before(p_person bigint, p_years integer[]) RETURNS TABLE (benefit_year integer, enrolled boolean)
LANGUAGE sql STABLE AS $$
   SELECT e.benefit_year, e.enrolled
     FROM gongji.enrollment e
    WHERE e.person = p_person
    UNION ALL
   SELECT l.benefit_year, true
     FROM unnest((SELECT p_years)) AS b (year)
    CROSS JOIN LATERAL (SELECT y.benefit_year
                          FROM gongji.payment y
                         WHERE y.insured = p_person AND y.benefit_year < b.year AND y.status = 'succeeded' AND y.use = 'resident_premium'
                         ORDER BY y.benefit_year DESC
                         LIMIT 1) l
    UNION ALL
   SELECT t.year, true
     FROM gongji.payment y
    CROSS JOIN LATERAL unnest(y.repair_years) AS t (year)
    WHERE y.insured = p_person AND y.repair_years IS NOT NULL AND y.status = 'succeeded'
$$;
COMMENT ON FUNCTION gongji.enrollment_before(bigint, integer[]) IS
    'As much of enrollment_history as tells which years just before some benefit years were missed: of the premiums paid the last before each, and those repaired. However long a person has been paying, it reads the same few rows';
