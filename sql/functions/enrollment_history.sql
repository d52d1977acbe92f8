CREATE OR REPLACE FUNCTION gongji.enrollment_history(p_person bigint) RETURNS TABLE (benefit_year integer, enrolled boolean)
LANGUAGE sql STABLE AS $$
    SELECT e.benefit_year, e.enrolled
      FROM gongji.enrollment e
     WHERE e.person = p_person
     UNION ALL
    SELECT t.year, true
      FROM gongji.payment y
     CROSS JOIN LATERAL unnest(y.benefit_year || y.repair_years) AS t (year)
     WHERE y.insured = p_person AND y.benefit_year BETWEEN 1900 AND 2999 AND y.status = 'succeeded' AND y.use = 'resident_premium'
$$;
COMMENT ON FUNCTION gongji.enrollment_history(bigint) IS
    'The years a person was enrolled or missed: what the register says, and the years that premiums were paid for, repaired ones included (P-03, P-05); a year may come twice, and enrolled wins. The bounds lead to the index of premiums, past the medical settlements';
