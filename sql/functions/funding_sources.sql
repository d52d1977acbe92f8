CREATE OR REPLACE FUNCTION gongji.funding_sources(p_insureds bigint[], p_now timestamptz) RETURNS gongji.premium_source[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_today CONSTANT date := gongji.date_cn(p_now);
    v_sources gongji.premium_source[];
BEGIN
    SELECT array_agg((s.beneficiary, s.id, s.grantor, s.active, s.suspended, s.per_payment_cap_fen)::gongji.premium_source
                     ORDER BY s.beneficiary, s.priority, s.effective_at, s.id)
      INTO v_sources
      FROM (SELECT b.beneficiary, b.id, b.grantor, b.priority, b.effective_at, b.per_payment_cap_fen,
                   b.status = 'active' AND coalesce(b.release_at > p_now, true)
                   AND v_today BETWEEN coalesce(b.valid_from, v_today) AND coalesce(b.valid_to, v_today) AS active,
                   gongji.binding_state(b, p_now) = 'suspended' AS suspended
              FROM gongji.binding b
             WHERE b.beneficiary = ANY ((SELECT p_insureds)::bigint[])) s;
    RETURN v_sources;
END
$$;
COMMENT ON FUNCTION gongji.funding_sources(bigint[], timestamptz) IS 'The bindings of insured people, person by person in funding order: priority, then time of activation; NULL when there are none';
