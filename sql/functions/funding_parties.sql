CREATE OR REPLACE FUNCTION gongji.funding_parties(p_people bigint[], p_year integer, p_benefit_years integer[]) RETURNS gongji.premium_party[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_parties gongji.premium_party[];
BEGIN
    SELECT array_agg((p.id, p.person_no, p.area, p.scheme, p.status, p.person_class, p.excluded, p.birth_date, p.identity_version, p.name_digest,
                      p.name_mask, p.id_number_mask,
                      CASE p.scheme WHEN 'resident' THEN ARRAY(SELECT e.benefit_year FROM gongji.enrollment_before(p.id, p_benefit_years) e WHERE e.enrolled) ELSE '{}' END,
                      CASE p.scheme WHEN 'resident' THEN ARRAY(SELECT e.benefit_year FROM gongji.enrollment e WHERE e.person = p.id AND NOT e.enrolled) ELSE '{}' END,
                      a,
                      CASE WHEN a.current_year < p_year THEN gongji.account_in_year(a, p_year) ELSE a END, NULL, NULL)::gongji.premium_party ORDER BY p.id)
      INTO v_parties
      FROM gongji.person p
      JOIN gongji.account a ON a.person = p.id
     WHERE p.id = ANY ((SELECT p_people)::bigint[]);
    RETURN v_parties;
END
$$;
COMMENT ON FUNCTION gongji.funding_parties(bigint[], integer, integer[]) IS 'People with their accounts, as stored and as they stand in a year, and, of residents, the years enrolled or missed that matter for paying some benefit years; in order of their keys';
