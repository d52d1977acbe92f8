CREATE OR REPLACE FUNCTION gongji.aid_sources(p_insured gongji.person, p_rules gongji.policy_rules, p_now timestamptz, p_use text)
RETURNS TABLE (id uuid, name_mask text, relation text, priority integer, effective_at timestamptz, shareable_fen bigint, why_not text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_today date := gongji.date_cn(p_now);
    -- A binding of the grade premium_only is good for the resident premium alone (P-11).
    v_use_open boolean := coalesce(p_rules.uses -> p_use ? 'relative', false)
                          AND (p_use = 'resident_premium' OR p_insured.scheme <> 'resident' OR p_insured.status = 'normal');
    v_is_premium boolean := p_use IN ('resident_premium', 'large_amount_subsidy', 'long_term_care', 'commercial_supplement', 'city_inclusive');
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
                                                    gongji.area_linked(g.area, p_insured.area, v_today, p_use))) AS why_not) w
     CROSS JOIN LATERAL (SELECT CASE WHEN (e.rules).daily_cap_fen IS NOT NULL THEN gongji.given_fen(b.grantor, v_today, v_today) END AS today,
                                CASE WHEN (e.rules).yearly_cap_fen IS NOT NULL
                                     THEN gongji.given_fen(b.grantor, date_trunc('year', v_today)::date, v_today) END AS year) n
     CROSS JOIN LATERAL (SELECT CASE WHEN v_is_premium THEN e.rules
                                     ELSE jsonb_populate_record(e.rules, '{"premium_cap_fen": null}') END AS rules) r
     CROSS JOIN LATERAL gongji.giving_cap(r.rules, b.per_payment_cap_fen, n.today, n.year) k
     WHERE b.beneficiary = p_insured.id
       AND gongji.binding_is_live(b, p_now);
END
$$;
COMMENT ON FUNCTION gongji.aid_sources(gongji.person, gongji.policy_rules, timestamptz, text) IS
    'Every live binding of an insured person with what its grantor could give for a use and the first reason why not; a binding suspended by the grantor''s status says so';
