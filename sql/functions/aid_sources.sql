CREATE OR REPLACE FUNCTION gongji.aid_sources(p_insured gongji.person, p_rules gongji.policy_rules, p_now timestamptz)
RETURNS TABLE (id uuid, name_mask text, relation text, priority integer, effective_at timestamptz, shareable_fen bigint, why_not text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_today date := gongji.date_cn(p_now);
    v_use_open boolean := coalesce(p_rules.uses -> 'resident_premium' ? 'relative', false);
BEGIN
    RETURN QUERY
    SELECT b.id, g.name_mask, b.relation, b.priority, b.effective_at, least(gongji.shareable_fen(e.rules, c.account, g.status), k.left_fen),
           CASE
               WHEN b.status = 'pending_review' OR v_today < b.valid_from THEN 'BINDING_NOT_ACTIVE'
               WHEN b.status = 'suspended' AND coalesce(w.why_not NOT IN ('GRANTOR_STATUS_ABNORMAL', 'ACCOUNT_FROZEN', 'ACCOUNT_UNDER_REVIEW'), true) THEN 'BINDING_NOT_ACTIVE'
               WHEN w.why_not IS NULL AND k.left_fen = 0 THEN 'CAP_REACHED'
               ELSE w.why_not
           END
      FROM gongji.binding b
      JOIN gongji.person g ON g.id = b.grantor
      JOIN gongji.account a ON a.person = b.grantor
      LEFT JOIN LATERAL gongji.policy_on(g.area, v_today) e ON true
     CROSS JOIN LATERAL (SELECT gongji.account_in_year(a, extract(year FROM v_today)::integer) AS account) c
     CROSS JOIN LATERAL (SELECT gongji.grantor_why_not(
                                    e.rules, c.account, g.status, g.scheme = 'employee' AND NOT g.excluded, v_use_open,
                                    gongji.crossing(g.area, p_insured.area, e.rules, p_rules,
                                                    gongji.area_linked(g.area, p_insured.area, v_today, 'resident_premium'))) AS why_not) w
     CROSS JOIN LATERAL (SELECT CASE WHEN (e.rules).daily_cap_fen IS NOT NULL THEN gongji.given_fen(b.grantor, v_today, v_today) END AS today,
                                CASE WHEN (e.rules).yearly_cap_fen IS NOT NULL
                                     THEN gongji.given_fen(b.grantor, date_trunc('year', v_today)::date, v_today) END AS year) n
     CROSS JOIN LATERAL gongji.giving_cap(e.rules, b.per_payment_cap_fen, n.today, n.year) k
     WHERE b.beneficiary = p_insured.id
       AND gongji.binding_is_live(b, p_now);
END
$$;
COMMENT ON FUNCTION gongji.aid_sources(gongji.person, gongji.policy_rules, timestamptz) IS
    'Every live binding of an insured person with what its grantor could give for the resident premium and the first reason why not; a binding suspended by the grantor''s status says so';
