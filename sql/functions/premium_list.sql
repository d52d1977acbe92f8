-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.premium_list(p_ctx jsonb, p_insured_no text, p_benefit_year integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := now_cn();
    v_today date := date_cn(v_now);
    v_me bigint := person_of(p_ctx ->> 'sub');
    v_insured bigint := person_of(p_insured_no);
    v_people bigint[];
    v_data jsonb;
BEGIN
    IF v_me IS NULL THEN
        RETURN refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;

    SELECT array_agg(DISTINCT b.beneficiary) INTO v_people
      FROM binding_by_grantor g
      JOIN binding b ON b.beneficiary = g.beneficiary AND b.id = g.id
     WHERE g.grantor = v_me AND b.status = 'active' AND coalesce(b.release_at > v_now, true)
       AND v_today BETWEEN coalesce(b.valid_from, v_today) AND coalesce(b.valid_to, v_today);
    v_people := v_me || coalesce(v_people, '{}');
    IF p_insured_no IS NOT NULL THEN
        IF v_insured IS NULL OR v_insured <> ALL (v_people) THEN
            RETURN refuse(ARRAY[CASE WHEN EXISTS (SELECT FROM binding_by_grantor g WHERE g.grantor = v_me AND g.beneficiary = v_insured)
                                     THEN 'BINDING_NOT_ACTIVE'
                                     WHEN EXISTS (SELECT FROM credential_link l WHERE l.member = v_insured AND l.holder = v_me AND l.ended_at IS NULL)
                                     THEN 'CREDENTIAL_LINK_HAS_NO_FUNDS'
                                     ELSE 'BINDING_REQUIRED' END]);
        END IF;
        v_people := ARRAY[v_insured];
        IF NOT channel_open((SELECT (policy_on(p.area, v_today)).rules.channels FROM person p WHERE p.id = v_insured), 'read', p_ctx ->> 'channel') THEN
            RETURN refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
        END IF;
    END IF;
    IF by_another(p_ctx) THEN
        PERFORM audit(p_ctx, v_now, 'premium.list', p) FROM unnest(v_people) AS p;
    END IF;

    SELECT jsonb_agg(jsonb_build_object(
               'insured', jsonb_build_object('person_id', p.person_no, 'name', p.name_mask, 'id_number', p.id_number_mask, 'area', p.area),
               'benefit_year', s.benefit_year,
               'product', s.product,
               'standard_fen', s.amount_fen,
               'subsidy_fen', f.subsidy_fen,
               'payable_fen', s.amount_fen - f.subsidy_fen,
               'window', premium_window(s, p.person_class, v_today) || jsonb_build_object('state', c.state),
               'paid', EXISTS (SELECT FROM payment y
                                WHERE y.insured = p.id AND s.benefit_year = ANY (y.benefit_year || y.repair_years) AND y.product = s.product AND y.status = 'succeeded'),
               'coverage', coalesce(b.coverage, coverage_body((c.state, c.starts_on, c.ends_on, c.waiting_months, c.missed_years,
                                                               CASE c.state WHEN 'closed' THEN 'closed' ELSE c.why END, c.repaired_years)::coverage)))
               ORDER BY p.id <> v_me, p.person_no, s.benefit_year)
      INTO v_data
      FROM person p
     CROSS JOIN LATERAL (SELECT DISTINCT ON (t.benefit_year, t.product) t.*
                           FROM premium_standard t
                          WHERE t.area = p.area AND t.benefit_year = coalesce(p_benefit_year, t.benefit_year)
                          ORDER BY t.benefit_year, t.product, t.version DESC) s
     CROSS JOIN LATERAL (SELECT coalesce(array_agg(e.benefit_year) FILTER (WHERE e.enrolled), '{}') AS enrolled_years,
                                coalesce(array_agg(e.benefit_year) FILTER (WHERE NOT e.enrolled), '{}') AS missed_years
                           FROM enrollment_history(p.id) e) h
     CROSS JOIN LATERAL (SELECT (policy_on(p.area, v_today)).rules) r
     CROSS JOIN LATERAL product_on(p.area, s.product, v_today) o
     CROSS JOIN LATERAL product_coverage(o.use, r.rules, s, p.person_class, p.birth_date, h.enrolled_years, h.missed_years, NULL, v_today) c
     CROSS JOIN LATERAL (SELECT premium_subsidy_fen(s, p.person_class) AS subsidy_fen) f
      LEFT JOIN payment b ON b.insured = p.id AND b.benefit_year = s.benefit_year AND b.product = s.product AND b.status = 'succeeded'
     WHERE p.id = ANY (v_people) AND o.product IS NOT NULL AND p.scheme = coalesce(o.scheme, p.scheme)
       AND (p.id = v_me OR o.use = 'resident_premium' OR (r.rules).uses -> o.use ? 'relative')
       AND channel_open((r.rules).channels, 'read', p_ctx ->> 'channel') AND (p_benefit_year IS NOT NULL OR c.state <> 'closed');
    RETURN ok(jsonb_build_object('data', coalesce(v_data, '[]')));
END
$$;
COMMENT ON FUNCTION api.premium_list(jsonb, text, integer) IS
    'What the caller may pay: for one insured or everyone (S0-25), for one benefit year or all not yet over, with window, whether it is paid, and the cover that paying today buys or the payment bought; where the insured''s area lets the channel read';
REVOKE ALL ON FUNCTION api.premium_list(jsonb, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.premium_list(jsonb, text, integer) TO gongji_app;
