CREATE OR REPLACE FUNCTION gongji.repair_fits(p_repair_years integer[], p_benefit_year integer, p_missed_years integer) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bool_and(r.year BETWEEN p_benefit_year - p_missed_years AND p_benefit_year - 1) AND count(*) = count(DISTINCT r.year), true)
      FROM unnest(p_repair_years) AS r (year)
$$;
COMMENT ON FUNCTION gongji.repair_fits(integer[], integer, integer) IS
    'Whether years may be repaired with a premium (P-03): each once, each among the consecutive missed years just before the paid one';
