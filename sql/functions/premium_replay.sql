-- A payment decided once more by the rules of money, from what the records say of its moment. Writes and locks nothing.
CREATE OR REPLACE FUNCTION gongji.premium_replay(p_payment gongji.payment, p_area text, p_changes jsonb, p_moved jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_at CONSTANT timestamptz := p_payment.created_at;
    v_day CONSTANT date := gongji.date_cn(v_at);
    v_sources gongji.premium_source[];
    v_parties gongji.premium_party[];
    v_party_ids bigint[];
    v_areas gongji.premium_area[];
    v_area_codes text[];
    v_links text[];
    v_insured gongji.premium_party;
    v_area gongji.premium_area;
    v_grantor gongji.premium_party;
    v_grantor_rules gongji.policy_rules;
    v_calling integer := CASE WHEN p_payment.payer <> p_payment.insured THEN 1 END;
    v_standard gongji.premium_standard;
    v_coverage gongji.coverage;
    v_split gongji.premium_split;
    v_payable bigint;
    v_crossing text;
    v_codes text[] := '{}';
BEGIN
    -- The bindings that were active, the payer's first, then in funding order.
    SELECT array_agg(jsonb_populate_record(NULL::gongji.premium_source, jsonb_build_object(
               'insured', b.beneficiary, 'binding_id', b.id, 'grantor', b.grantor, 'active', true, 'suspended', false, 'per_payment_cap_fen', b.per_payment_cap_fen))
               ORDER BY (b.grantor = p_payment.payer) DESC, b.priority, b.effective_at, b.id)
      INTO v_sources
      FROM gongji.binding b
     WHERE b.beneficiary = p_payment.insured
       AND b.effective_at <= v_at
       AND coalesce(b.ended_at > v_at, true)
       AND coalesce(b.release_at > v_at, true)
       AND v_day BETWEEN coalesce(b.valid_from, v_day) AND coalesce(b.valid_to, v_day)
       AND 'active' = (SELECT e.status FROM gongji.binding_event e
                        WHERE e.beneficiary = b.beneficiary AND e.binding_id = b.id AND e.at <= v_at
                        ORDER BY e.n DESC LIMIT 1);
    v_sources := coalesce(v_sources, '{}');
    IF v_calling = 1 AND (v_sources[1]).grantor IS DISTINCT FROM p_payment.payer THEN
        RETURN jsonb_build_object('codes', ARRAY['BINDING_NOT_ACTIVE'], 'payable_fen', 0, 'own_fen', 0, 'aid_fen', 0, 'cash_fen', 0, 'draws', '[]'::jsonb);
    END IF;

    -- The people and their accounts before the payment took anything, and with what the changes left there earlier in the period.
    SELECT array_agg(jsonb_populate_record(NULL::gongji.premium_party, to_jsonb(gongji.person_on(p, v_at)) || jsonb_build_object(
               'given_today_fen', g.today_fen, 'given_year_fen', g.year_fen,
               'person', p.id, 'account', to_jsonb(c.account), 'stored', to_jsonb(c.account),
               'enrolled_years', ARRAY(SELECT e.benefit_year FROM gongji.enrollment e WHERE e.person = p.id AND e.enrolled
                                       UNION ALL
                                       SELECT unnest(y.benefit_year || y.repair_years)
                                         FROM gongji.payment y
                                        WHERE y.insured = p.id AND y.use = 'resident_premium'
                                          AND y.status IN ('succeeded', 'refunding', 'refunded') AND (coalesce(y.succeeded_at, y.created_at), y.id) < (v_at, p_payment.id)
                                          AND NOT EXISTS (SELECT FROM gongji.refund r
                                                           WHERE r.insured = y.insured AND r.payment_id = y.id AND r.whole AND r.created_at <= v_at)),
               'missed_years', ARRAY(SELECT e.benefit_year FROM gongji.enrollment e WHERE e.person = p.id AND NOT e.enrolled))) ORDER BY p.id),
           array_agg(p.id ORDER BY p.id)
      INTO v_parties, v_party_ids
      FROM gongji.person p
     CROSS JOIN LATERAL (SELECT gongji.account_moved(gongji.account_on(p.id, v_at, p_payment.id), p_moved -> p.id::text) AS account) c
     CROSS JOIN LATERAL (SELECT coalesce(-sum(e.amount_fen) FILTER (WHERE e.effective_on = v_day), 0) AS today_fen, coalesce(-sum(e.amount_fen), 0) AS year_fen
                           FROM gongji.ledger_entry e
                          WHERE e.person = p.id AND e.kind IN ('premium', 'medical') AND e.binding_id IS NOT NULL AND e.payment_id <> p_payment.id AND e.at <= v_at
                            AND e.effective_on BETWEEN date_trunc('year', v_day)::date AND v_day) g
     WHERE p.id = p_payment.insured OR p.id = ANY (ARRAY(SELECT s.grantor FROM unnest(v_sources) s));

    SELECT array_agg(jsonb_populate_record(NULL::gongji.premium_area, jsonb_build_object(
               'area', d.area, 'version', e.version, 'rules', to_jsonb(gongji.policy_with(e, p_area, p_changes)), 'basis', '{}'::jsonb))), array_agg(d.area)
      INTO v_areas, v_area_codes
      FROM (SELECT DISTINCT p.area FROM unnest(v_parties) p) d
     CROSS JOIN LATERAL gongji.policy_on(d.area, v_day) e;

    v_insured := v_parties[array_position(v_party_ids, p_payment.insured)];
    v_area := v_areas[array_position(v_area_codes, v_insured.area)];
    SELECT array_agg(DISTINCT concat_ws(':', g.area, v_insured.area, p_payment.use)) INTO v_links
      FROM unnest(v_parties) g
     WHERE left(g.area, 2) <> left(v_insured.area, 2) AND gongji.area_linked(g.area, v_insured.area, v_day, p_payment.use);
    SELECT * INTO v_standard
      FROM gongji.premium_standard t
     WHERE t.benefit_year = p_payment.benefit_year AND t.product = p_payment.product AND t.version = p_payment.standard_version;

    -- What a policy can refuse, in the order of the payment's own refusals.
    v_coverage := gongji.premium_coverage(v_area.rules, v_standard, v_insured.person_class, v_insured.birth_date, v_insured.enrolled_years, v_insured.missed_years,
                                          cardinality(p_payment.repair_years), v_day);
    v_payable := v_standard.amount_fen * (1 + coalesce(cardinality(p_payment.repair_years), 0)) - gongji.premium_subsidy_fen(v_standard, v_insured.person_class);
    v_codes := array_remove(ARRAY[
        CASE WHEN NOT gongji.channel_open((v_area.rules).channels, 'pay', p_payment.channel) THEN 'CHANNEL_NOT_ALLOWED' END,
        CASE WHEN NOT coalesce(coalesce((v_area.rules).insured_status_allowed -> p_payment.use, (v_area.rules).insured_status_allowed -> '*') ? v_insured.status, false)
             THEN 'BENEFICIARY_STATUS_ABNORMAL' END,
        CASE WHEN NOT coalesce(CASE WHEN v_calling IS NULL THEN (v_area.rules).uses -> p_payment.use ?| ARRAY['self', 'relative']
                                    ELSE (v_area.rules).uses -> p_payment.use ? 'relative' END, false) THEN 'USE_NOT_PERMITTED' END,
        CASE v_coverage.state WHEN 'not_open' THEN 'ENROLLMENT_WINDOW_NOT_OPEN' WHEN 'closed' THEN 'ENROLLMENT_CLOSED' END,
        CASE WHEN NOT gongji.repair_fits(p_payment.repair_years, p_payment.benefit_year, v_coverage.missed_years) THEN 'REPAIR_YEAR_INVALID' END], NULL);
    IF v_calling IS NOT NULL THEN
        v_grantor := v_parties[array_position(v_party_ids, p_payment.payer)];
        v_grantor_rules := (v_areas[array_position(v_area_codes, v_grantor.area)]).rules;
        v_crossing := gongji.crossing(v_grantor.area, v_insured.area, v_grantor_rules, v_area.rules, coalesce(concat_ws(':', v_grantor.area, v_insured.area, p_payment.use) = ANY (v_links), false));
        v_codes := v_codes || array_remove(ARRAY[
            CASE WHEN v_grantor.status <> ALL (v_grantor_rules.grantor_status_required) THEN 'GRANTOR_STATUS_ABNORMAL' END, v_crossing], NULL);
    END IF;
    v_split := gongji.premium_split(p_payment.use, 'premium_standard', v_payable, v_insured, v_area, v_calling,
                                    ARRAY(SELECT generate_series(1, cardinality(v_sources))), v_sources, v_parties, v_party_ids, v_areas, v_area_codes, v_links, '{}');
    RETURN jsonb_build_object(
        'codes', v_codes, 'payable_fen', v_payable, 'own_fen', v_split.own_fen, 'aid_fen', v_split.aid_fen, 'cash_fen', v_split.shortfall_fen,
        'starts_on', v_coverage.starts_on, 'waiting_months', v_coverage.waiting_months, 'draws', to_jsonb(v_split.draws));
END
$$;
COMMENT ON FUNCTION gongji.premium_replay(gongji.payment, text, jsonb, jsonb) IS
    'What a payment would come to under changed rules of an area: who may refuse it, whose money pays what, when cover starts. p_moved: {person: {year, current_fen, prior_fen}} more than there was';
