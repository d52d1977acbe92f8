CREATE OR REPLACE FUNCTION gongji.coverage_body(p_coverage gongji.coverage) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('starts_on', p_coverage.starts_on, 'ends_on', p_coverage.ends_on, 'waiting_months', p_coverage.waiting_months,
                              'missed_years', p_coverage.missed_years, 'rule', p_coverage.why)
           || CASE WHEN p_coverage.repaired_years IS NULL THEN '{}' ELSE jsonb_build_object('repaired_years', p_coverage.repaired_years) END
$$;
COMMENT ON FUNCTION gongji.coverage_body(gongji.coverage) IS 'Coverage as callers see it; the server adds why in words';
