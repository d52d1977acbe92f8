CREATE OR REPLACE FUNCTION gongji.enrollment_of_employee(p_person bigint, p_now timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.enrollment (person, benefit_year, enrolled, source, updated_at)
    SELECT DISTINCT p_person, y.year, true, 'employee', p_now
      FROM (SELECT l.at, coalesce(lead(l.at) OVER (ORDER BY l.at, l.id), p_now) AS until, l.details -> 'now' AS was
              FROM gongji.audit_log l
             WHERE l.person = p_person AND l.action = 'person.put' AND l.at <= p_now) s
     CROSS JOIN LATERAL generate_series(extract(year FROM gongji.date_cn(s.at))::integer, extract(year FROM gongji.date_cn(s.until))::integer) AS y (year)
     WHERE s.was ->> 'scheme' = 'employee' AND s.was ->> 'status' = 'normal'
        ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION gongji.enrollment_of_employee(bigint, timestamptz) IS
    'Whoever leaves the employee scheme was enrolled in each year the register had them there in normal standing: no gap for the resident scheme. What the register says of a year stands';
