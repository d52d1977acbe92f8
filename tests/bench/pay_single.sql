-- What a team would write without batches: one payment, one call, row at a time, the same tables, rules and answers.
-- tests/api/test_pay_single.py holds it against api.premium_pay. Only the benchmark installs it.
CREATE SCHEMA bench AUTHORIZATION gongji_owner;
SET ROLE gongji_owner;
GRANT USAGE ON SCHEMA bench TO gongji_app;

CREATE TYPE bench.source AS (
    binding_id uuid, grantor bigint, active boolean, cap_fen bigint, area text, status text, employed boolean, name_mask text, account gongji.account);

CREATE FUNCTION bench.area(p_area text, p_today date) RETURNS gongji.premium_area
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_area gongji.premium_area;
BEGIN
    SELECT e.area, e.version, e.rules, b.basis INTO v_area
      FROM (SELECT f.*
              FROM gongji.policy_effective f
             WHERE f.area = p_area AND f.valid_from <= p_today
             ORDER BY f.valid_from DESC, f.version DESC
             LIMIT 1) e
     CROSS JOIN LATERAL (SELECT jsonb_object_agg(m.name, o.legal_basis) AS basis
                           FROM unnest(ARRAY['uses', 'own_bucket_order', 'shareable_buckets', 'retained_minimum_fen', 'per_payment_cap_editable',
                                             'premium_cap_fen', 'daily_cap_fen', 'yearly_cap_fen', 'waiting']) AS m (name)
                           JOIN gongji.policy o ON o.area = e.origins -> m.name ->> 'area'
                                               AND o.valid_from = (e.origins -> m.name ->> 'valid_from')::date
                                               AND o.version = (e.origins -> m.name ->> 'version')::bigint) b;
    RETURN v_area;
END
$$;

CREATE FUNCTION bench.refuse(p_code text) RETURNS gongji.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (p_code, ARRAY[p_code], NULL, false)::gongji.outcome;
END
$$;

-- Own account, then the grantors in the order given, then cash.
CREATE FUNCTION bench.split(p_use text, p_payable bigint, p_insured gongji.person, p_own gongji.account, p_area gongji.premium_area, p_sources bench.source[],
                            p_calling boolean, p_today date) RETURNS gongji.premium_split
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_rules CONSTANT gongji.policy_rules := p_area.rules;
    v_split gongji.premium_split;
    v_left bigint := p_payable;
    v_givers integer := 0;
    v_calling boolean := p_calling;
    v_use_open boolean;
    v_source bench.source;
    v_area gongji.premium_area := p_area;
    v_account gongji.account;
    v_minimum bigint;
    v_available bigint;
    v_given_today bigint;
    v_given_year bigint;
    v_cap gongji.giving_cap;
    v_gives bigint;
    v_part bigint;
    v_bucket text;
    v_rule text;
    v_why_not text;
    v_facts jsonb;
BEGIN
    v_split.legs := '[]';
    v_split.skipped := '[]';
    v_split.draws := '{}';
    v_split.own_fen := 0;
    v_split.aid_fen := 0;
    IF NOT p_own.frozen AND v_rules.uses -> p_use ? 'self' THEN
        FOREACH v_bucket IN ARRAY coalesce(v_rules.own_bucket_order, ARRAY['current_year', 'prior_year']) LOOP
            v_available := CASE v_bucket WHEN 'current_year' THEN p_own.current_fen - p_own.held_current_fen ELSE p_own.prior_fen - p_own.held_prior_fen END;
            v_part := least(v_left, v_available);
            CONTINUE WHEN v_part <= 0;
            v_split.legs := v_split.legs || jsonb_build_object(
                'source', 'own', 'bucket', v_bucket, 'amount_fen', v_part, 'rule', 'own_bucket_order', 'legal_basis', p_area.basis -> 'own_bucket_order',
                'facts', jsonb_build_object('left_fen', v_left, 'available_fen', v_available));
            v_split.draws := v_split.draws || (p_insured.id, v_bucket, v_part, NULL)::gongji.premium_draw;
            v_split.own_fen := v_split.own_fen + v_part;
            v_left := v_left - v_part;
        END LOOP;
    END IF;
    v_use_open := coalesce(v_rules.uses -> p_use ? 'relative', false)
                  AND (p_use = 'resident_premium' OR p_insured.scheme <> 'resident' OR p_insured.status = 'normal');
    FOREACH v_source IN ARRAY p_sources LOOP
        EXIT WHEN v_left = 0;
        IF v_source.area <> v_area.area THEN
            v_area := CASE v_source.area WHEN p_area.area THEN p_area ELSE bench.area(v_source.area, p_today) END;
        END IF;
        v_account := v_source.account;
        v_why_not := CASE
            WHEN NOT v_calling AND v_rules.other_grantors = 'not_drawn' THEN 'OTHER_GRANTORS_NOT_DRAWN'
            ELSE gongji.grantor_why_not(
                v_area.rules, v_account, v_source.status, v_source.employed, v_use_open,
                gongji.crossing(v_source.area, p_insured.area, v_area.rules, v_rules,
                                left(v_source.area, 2) <> left(p_insured.area, 2) AND gongji.area_linked(v_source.area, p_insured.area, p_today, p_use)))
        END;
        v_calling := false;
        IF NOT v_source.active AND coalesce(v_why_not NOT IN ('GRANTOR_STATUS_ABNORMAL', 'ACCOUNT_FROZEN', 'ACCOUNT_UNDER_REVIEW'), true) THEN
            v_why_not := 'BINDING_NOT_ACTIVE';
        END IF;
        IF (v_area.rules).daily_cap_fen IS NOT NULL OR (v_area.rules).yearly_cap_fen IS NOT NULL THEN
            v_given_today := gongji.given_fen(v_source.grantor, p_today, p_today);
            v_given_year := gongji.given_fen(v_source.grantor, date_trunc('year', p_today)::date, p_today);
        END IF;
        v_cap := gongji.giving_cap(v_area.rules, v_source.cap_fen, v_given_today, v_given_year);
        IF v_why_not IS NULL AND v_cap.left_fen = 0 THEN
            v_why_not := 'CAP_REACHED';
        END IF;
        IF v_why_not IS NULL AND v_givers >= v_rules.max_grantors_per_payment THEN
            v_why_not := 'GRANTOR_LIMIT_REACHED';
        END IF;
        IF v_why_not IS NOT NULL THEN
            v_split.skipped := v_split.skipped || jsonb_build_object('binding_id', 'bnd_' || v_source.binding_id, 'why_not', v_why_not);
            CONTINUE;
        END IF;
        v_minimum := coalesce((v_area.rules).retained_minimum_fen, 0);
        v_available := gongji.shareable_fen(v_area.rules, v_account, v_source.status);
        v_gives := least(v_left, v_available, v_cap.left_fen);
        v_rule := CASE
            WHEN v_gives = v_left THEN 'premium_standard'
            WHEN v_cap.left_fen < v_available THEN v_cap.rule
            WHEN v_minimum > 0
                 AND v_account.current_fen + v_account.prior_fen - v_account.held_current_fen - v_account.held_prior_fen - v_minimum = v_available
                THEN 'retained_minimum_fen'
            ELSE 'shareable_buckets'
        END;
        v_facts := jsonb_build_object('grantor_name', v_source.name_mask, 'left_fen', v_left, 'shareable_fen', v_available);
        IF v_rule = 'retained_minimum_fen' THEN -- told only where it set the amount: beside it what may be shared tells the balance
            v_facts := v_facts || jsonb_build_object('retained_minimum_fen', v_minimum);
        ELSIF v_rule = v_cap.rule THEN
            v_facts := v_facts || jsonb_build_object('cap_fen', v_cap.cap_fen, 'cap_left_fen', v_cap.left_fen);
        END IF;
        v_left := v_left - v_gives;
        v_split.aid_fen := v_split.aid_fen + v_gives;
        v_givers := v_givers + 1;
        FOREACH v_bucket IN ARRAY ARRAY['prior_year', 'current_year'] LOOP
            CONTINUE WHEN v_bucket <> ALL ((v_area.rules).shareable_buckets);
            v_part := least(v_gives, CASE v_bucket WHEN 'prior_year' THEN v_account.prior_fen - v_account.held_prior_fen
                                                   ELSE v_account.current_fen - v_account.held_current_fen END);
            CONTINUE WHEN v_part <= 0;
            v_split.legs := v_split.legs || jsonb_build_object(
                'source', 'aid', 'binding_id', 'bnd_' || v_source.binding_id, 'bucket', v_bucket, 'amount_fen', v_part,
                'rule', v_rule, 'legal_basis', CASE v_rule WHEN 'premium_standard' THEN p_area.basis -> 'uses'
                                                     WHEN 'per_payment_cap_fen' THEN v_area.basis -> 'per_payment_cap_editable'
                                                     ELSE v_area.basis -> v_rule END,
                'facts', v_facts);
            v_split.draws := v_split.draws || (v_source.grantor, v_bucket, v_part, v_source.binding_id)::gongji.premium_draw;
            v_gives := v_gives - v_part;
        END LOOP;
    END LOOP;
    IF v_left > 0 THEN
        v_split.legs := v_split.legs || jsonb_build_object(
            'source', 'cash', 'amount_fen', v_left, 'rule', 'shortfall', 'legal_basis', NULL,
            'facts', jsonb_build_object('payable_fen', p_payable, 'own_fen', v_split.own_fen, 'aid_fen', v_split.aid_fen));
    END IF;
    v_split.shortfall_fen := v_left;
    RETURN v_split;
END
$$;

-- One draw out of one account, or its hold; the year is brought forward first where it is due.
CREATE FUNCTION bench.draw(p_draw gongji.premium_draw, p_hold boolean, p_year integer, p_now timestamptz) RETURNS gongji.account
LANGUAGE plpgsql AS $$
DECLARE
    v_current_fen bigint := CASE p_draw.bucket WHEN 'current_year' THEN p_draw.amount_fen ELSE 0 END;
    v_prior_fen bigint := p_draw.amount_fen - v_current_fen;
    v_account gongji.account;
BEGIN
    LOOP
        IF p_hold THEN
            UPDATE gongji.account
               SET held_current_fen = held_current_fen + v_current_fen,
                   held_prior_fen = held_prior_fen + v_prior_fen
             WHERE person = p_draw.person AND current_year >= p_year
            RETURNING * INTO v_account;
        ELSE
            UPDATE gongji.account
               SET current_fen = current_fen - v_current_fen,
                   prior_fen = prior_fen - v_prior_fen,
                   version = version + 1
             WHERE person = p_draw.person AND current_year >= p_year
            RETURNING * INTO v_account;
        END IF;
        IF FOUND THEN
            RETURN v_account;
        END IF;
        PERFORM gongji.account_touch(p_draw.person, p_now);
    END LOOP;
END
$$;

-- Quotes (no p_payment_id) or pays one premium.
CREATE FUNCTION bench.decide(p_ctx jsonb, p_payment_id uuid, p_quote_id uuid, p_fresh_quote_id uuid, p_insured_no text, p_benefit_year integer, p_product text,
                             p_expected_fen bigint, p_amount_sent boolean, p_name_digests text[], p_client_reference text,
                             p_cash_channel text, p_repair_years integer[]) RETURNS gongji.outcome
LANGUAGE plpgsql AS $$
DECLARE
    v_pays CONSTANT boolean := p_payment_id IS NOT NULL;
    v_caller bigint;
    v_insured_id bigint;
    v_benefit_year integer := p_benefit_year;
    v_product text := p_product;
    v_repair_years integer[] := p_repair_years;
    v_quote gongji.quote;
    v_locked bigint[];
    v_now timestamptz;
    v_today date;
    v_year integer;
    v_insured gongji.person;
    v_own gongji.account;
    v_enrolled integer[];
    v_missed integer[];
    v_sources bench.source[];
    v_source bench.source;
    v_calling boolean;
    v_area gongji.premium_area;
    v_grantor_area gongji.premium_area;
    v_standard gongji.premium_standard;
    v_payment gongji.payment;
    v_coverage gongji.coverage;
    v_found gongji.product;
    v_use text;
    v_split gongji.premium_split;
    v_draw gongji.premium_draw;
    v_account gongji.account;
    v_entries gongji.ledger_entry[] := '{}';
    v_money_year integer;
    v_subsidy bigint;
    v_payable bigint;
    v_repair_fen bigint;
    v_repair jsonb;
    v_code text;
    v_codes text[] := '{}';
    v_extras jsonb := '{}';
    v_charges text;
    v_body jsonb;
    v_fresh jsonb := '{}';
    v_expired boolean;
    v_stale boolean;
    v_waits boolean;
    v_leg integer := 0;
BEGIN
    SELECT person INTO v_caller FROM gongji.person_no_key WHERE person_no = p_ctx ->> 'sub';
    IF NOT FOUND THEN
        RETURN bench.refuse('PERSON_NOT_FOUND');
    END IF;
    IF p_quote_id IS NULL THEN
        SELECT person INTO v_insured_id FROM gongji.person_no_key WHERE person_no = p_insured_no;
    ELSE
        SELECT * INTO v_quote FROM gongji.quote WHERE id = p_quote_id AND caller = v_caller;
        IF NOT FOUND THEN
            RETURN bench.refuse('QUOTE_NOT_FOUND');
        END IF;
        v_insured_id := v_quote.insured;
        v_benefit_year := v_quote.benefit_year;
        v_product := v_quote.product;
        v_repair_years := v_quote.repair_years;
    END IF;

    -- Lock, then read.
    IF v_pays THEN
        v_locked := gongji.lock_accounts(v_insured_id || ARRAY(SELECT grantor FROM gongji.binding WHERE beneficiary = v_insured_id AND status = 'active'), true);
    END IF;
    v_now := gongji.now_cn();
    v_today := gongji.date_cn(v_now);
    v_year := extract(year FROM v_today);
    SELECT coalesce(array_agg((b.id, g.id, b.active, b.per_payment_cap_fen, g.area, g.status, g.scheme = 'employee' AND NOT g.excluded, g.name_mask,
                               gongji.account_in_year(a, v_year))::bench.source
                              ORDER BY b.grantor = v_caller DESC, b.priority, b.effective_at, b.id), '{}') INTO v_sources
      FROM (SELECT x.*, x.status = 'active' AND coalesce(x.release_at > v_now, true)
                        AND v_today BETWEEN coalesce(x.valid_from, v_today) AND coalesce(x.valid_to, v_today) AS active
              FROM gongji.binding x
             WHERE x.beneficiary = v_insured_id) b
      JOIN gongji.person g ON g.id = b.grantor
      JOIN gongji.account a ON a.person = b.grantor
     WHERE b.active OR (b.status = 'suspended' AND coalesce(b.release_at > v_now, true) AND coalesce(b.valid_to >= v_today, true));
    v_calling := coalesce((v_sources[1]).grantor = v_caller, false);
    IF NOT v_calling AND v_caller IS DISTINCT FROM v_insured_id THEN
        IF EXISTS (SELECT FROM gongji.binding WHERE beneficiary = v_insured_id AND grantor = v_caller) THEN
            RETURN bench.refuse('BINDING_NOT_ACTIVE');
        END IF;
        IF EXISTS (SELECT FROM gongji.credential_link WHERE member = v_insured_id AND holder = v_caller AND ended_at IS NULL) THEN
            RETURN bench.refuse('CREDENTIAL_LINK_HAS_NO_FUNDS');
        END IF;
        RETURN bench.refuse('BINDING_REQUIRED');
    END IF;
    SELECT p.* INTO v_insured FROM gongji.person p WHERE p.id = v_insured_id;
    SELECT (gongji.account_in_year(a, v_year)).* INTO v_own FROM gongji.account a WHERE a.person = v_insured_id;
    SELECT coalesce(array_agg(benefit_year) FILTER (WHERE enrolled), '{}'), coalesce(array_agg(benefit_year) FILTER (WHERE NOT enrolled), '{}')
      INTO v_enrolled, v_missed
      FROM gongji.enrollment_before(v_insured_id, v_benefit_year || v_repair_years);
    IF v_pays AND NOT v_locked @> ARRAY(SELECT s.grantor FROM unnest(v_sources) s WHERE s.active) THEN
        RETURN ('again', NULL, NULL, false)::gongji.outcome;
    END IF;
    v_area := bench.area(v_insured.area, v_today);

    -- The rules, in the documented order of refusals.
    IF NOT gongji.channel_open((v_area.rules).channels, 'pay', p_ctx ->> 'channel') THEN
        v_codes := v_codes || 'CHANNEL_NOT_ALLOWED'::text;
    END IF;
    IF v_calling AND NOT (v_sources[1]).active THEN
        v_codes := v_codes || 'BINDING_NOT_ACTIVE'::text;
    END IF;
    SELECT * INTO v_found
      FROM gongji.product
     WHERE product = v_product AND area IN (v_insured.area, left(v_insured.area, 2) || '0000', '000000')
     ORDER BY area DESC
     LIMIT 1;
    v_use := CASE WHEN v_today BETWEEN v_found.valid_from AND coalesce(v_found.valid_to, v_today) THEN v_found.use END;
    IF v_found.scheme = 'resident' AND v_insured.scheme <> 'resident' THEN
        v_codes := v_codes || 'NOT_RESIDENT_SCHEME'::text;
    END IF;
    IF (v_area.rules).insured_status_allowed IS NOT NULL
       AND NOT coalesce(coalesce((v_area.rules).insured_status_allowed -> v_use, (v_area.rules).insured_status_allowed -> '*') ? v_insured.status, false) THEN
        v_codes := v_codes || 'BENEFICIARY_STATUS_ABNORMAL'::text;
    END IF;
    IF v_use IS NULL OR v_found.scheme = 'employee' AND v_insured.scheme <> 'employee'
       OR NOT coalesce(CASE WHEN v_calling THEN (v_area.rules).uses -> v_use ? 'relative'
                            ELSE (v_area.rules).uses -> v_use ?| ARRAY['self', 'relative'] END, false) THEN
        v_codes := v_codes || 'USE_NOT_PERMITTED'::text;
    END IF;
    SELECT * INTO v_payment
      FROM gongji.payment
     WHERE insured = v_insured_id AND benefit_year = v_benefit_year AND product = v_product AND status IN ('awaiting_cash', 'manual_review', 'succeeded');
    IF NOT FOUND THEN
        SELECT * INTO v_payment
          FROM gongji.payment
         WHERE insured = v_insured_id AND repair_years IS NOT NULL AND product = v_product AND status IN ('awaiting_cash', 'manual_review', 'succeeded')
           AND v_benefit_year = ANY (repair_years);
    END IF;
    IF v_payment.id IS NOT NULL THEN
        v_code := CASE v_payment.status WHEN 'succeeded' THEN 'PREMIUM_ALREADY_PAID' ELSE 'PREMIUM_PAYMENT_PENDING' END;
        v_codes := v_codes || v_code;
        IF v_caller IN (v_payment.insured, v_payment.payer)
           OR (v_calling AND v_payment.legs @> jsonb_build_array(jsonb_build_object('binding_id', 'bnd_' || (v_sources[1]).binding_id))) THEN
            v_extras := v_extras || jsonb_build_object(v_code, jsonb_build_object('payment_id', 'pay_' || v_payment.id));
        END IF;
    END IF;
    SELECT * INTO v_standard
      FROM gongji.premium_standard
     WHERE area = v_insured.area AND benefit_year = v_benefit_year AND product = v_product
     ORDER BY version DESC
     LIMIT 1;
    IF NOT FOUND THEN
        v_codes := v_codes || 'PREMIUM_STANDARD_NOT_PUBLISHED'::text;
    ELSE
        v_coverage := gongji.product_coverage(v_use, v_area.rules, v_standard, v_insured.person_class, v_insured.birth_date, v_enrolled, v_missed,
                                              cardinality(v_repair_years), v_today);
        v_subsidy := gongji.premium_subsidy_fen(v_standard, v_insured.person_class);
        v_payable := v_standard.amount_fen - v_subsidy;
        IF v_coverage.state = 'not_open' THEN
            v_codes := v_codes || 'ENROLLMENT_WINDOW_NOT_OPEN'::text;
        ELSIF v_coverage.state = 'closed' THEN
            v_codes := v_codes || 'ENROLLMENT_CLOSED'::text;
        END IF;
        IF v_repair_years IS NOT NULL THEN
            v_repair_fen := v_standard.amount_fen * cardinality(v_repair_years);
            v_repair := jsonb_build_object('years', cardinality(v_repair_years), 'standard_fen', v_standard.amount_fen, 'amount_fen', v_repair_fen,
                                           'rule', 'repair_years', 'legal_basis', v_area.basis -> 'waiting');
            v_payable := v_payable + v_repair_fen;
            IF NOT gongji.repair_fits(v_repair_years, v_benefit_year, v_coverage.missed_years)
               OR EXISTS (SELECT FROM gongji.payment
                           WHERE insured = v_insured_id AND product = v_product AND status IN ('awaiting_cash', 'manual_review', 'succeeded')
                             AND benefit_year || repair_years && v_repair_years) THEN
                v_codes := v_codes || 'REPAIR_YEAR_INVALID'::text;
                v_payable := NULL;
            END IF;
        END IF;
    END IF;
    IF p_amount_sent OR p_expected_fen <> v_payable THEN
        v_codes := v_codes || 'AMOUNT_NOT_ADJUSTABLE'::text;
        IF v_payable IS NOT NULL THEN
            v_extras := v_extras || jsonb_build_object('AMOUNT_NOT_ADJUSTABLE', jsonb_build_object('payable_fen', v_payable));
        END IF;
    END IF;
    IF v_quote.identity_version <> v_insured.identity_version OR v_insured.name_digest <> ALL (p_name_digests) THEN
        v_codes := v_codes || 'INSURED_INFO_CHANGED'::text;
    END IF;
    IF v_calling THEN
        v_source := v_sources[1];
        v_grantor_area := CASE v_source.area WHEN v_area.area THEN v_area ELSE bench.area(v_source.area, v_today) END;
        IF v_source.status <> ALL ((v_grantor_area.rules).grantor_status_required) OR NOT v_source.employed THEN
            v_codes := v_codes || 'GRANTOR_STATUS_ABNORMAL'::text;
        END IF;
        IF (v_source.account).frozen THEN
            v_codes := v_codes || 'GRANTOR_FROZEN'::text;
        END IF;
        IF (v_source.account).under_review THEN
            v_codes := v_codes || 'ACCOUNT_UNDER_REVIEW'::text;
        END IF;
    END IF;
    IF v_own.frozen THEN
        v_codes := v_codes || 'ACCOUNT_FROZEN'::text;
    END IF;
    IF v_calling THEN
        v_code := gongji.crossing(v_source.area, v_insured.area, v_grantor_area.rules, v_area.rules,
                                  left(v_source.area, 2) <> left(v_insured.area, 2) AND gongji.area_linked(v_source.area, v_insured.area, v_today, v_use));
        IF v_code IS NOT NULL THEN
            v_codes := v_codes || v_code;
            v_extras := v_extras || jsonb_build_object(v_code, jsonb_build_object('area', v_insured.area));
        END IF;
    END IF;
    IF v_payable IS NOT NULL THEN
        v_split := bench.split(v_use, v_payable, v_insured, v_own, v_area, v_sources, v_calling, v_today);
        IF v_subsidy > 0 AND v_payable > 0 THEN
            v_split.legs := jsonb_build_array(jsonb_build_object(
                'source', 'subsidy', 'amount_fen', v_subsidy, 'rule', 'subsidies', 'legal_basis', NULL,
                'facts', jsonb_build_object('standard_fen', v_standard.amount_fen))) || v_split.legs;
        END IF;
        IF v_quote.id IS NOT NULL OR NOT v_pays THEN
            v_charges := concat_ws('|', v_payable, v_split.draws, v_coverage.starts_on, v_coverage.ends_on, v_coverage.waiting_months, v_coverage.missed_years,
                                   v_repair_years);
            v_body := jsonb_build_object(
                'insured', jsonb_build_object('person_id', v_insured.person_no, 'name', v_insured.name_mask, 'id_number', v_insured.id_number_mask,
                                              'area', v_insured.area),
                'benefit_year', v_benefit_year, 'product', v_product,
                'standard_fen', v_standard.amount_fen, 'subsidy_fen', v_subsidy, 'payable_fen', v_payable,
                'legs', v_split.legs, 'own_fen', v_split.own_fen, 'aid_fen', v_split.aid_fen, 'shortfall_fen', v_split.shortfall_fen,
                'skipped', v_split.skipped, 'coverage', gongji.coverage_body(v_coverage), 'policy_version', v_area.version);
            IF v_repair IS NOT NULL THEN
                v_body := v_body || jsonb_build_object('repair_years', v_repair_years, 'repair', v_repair);
            END IF;
        END IF;
    END IF;
    v_expired := v_pays AND v_quote.expires_at <= v_now;
    v_stale := v_pays AND v_quote.charges <> v_charges;
    IF cardinality(v_codes) = 0 AND (NOT v_pays OR v_expired OR v_stale) THEN
        v_body := jsonb_build_object('id', 'quo_' || p_fresh_quote_id, 'expires_at', gongji.rfc3339(v_now + interval '15 minutes')) || v_body;
        INSERT INTO gongji.quote
        VALUES (p_fresh_quote_id, v_insured_id, v_caller, v_benefit_year, v_product, v_insured.identity_version, v_now, v_now + interval '15 minutes', v_charges, v_body,
                v_repair_years)
            ON CONFLICT DO NOTHING;
        v_fresh := jsonb_build_object('quote', v_body);
    END IF;
    IF v_expired THEN
        v_codes := v_codes || 'QUOTE_EXPIRED'::text;
        v_extras := v_extras || jsonb_build_object('QUOTE_EXPIRED', v_fresh);
    END IF;
    IF v_stale THEN
        v_codes := v_codes || 'QUOTE_STALE'::text;
        v_extras := v_extras || jsonb_build_object('QUOTE_STALE', v_fresh);
    END IF;
    IF v_pays AND v_split.shortfall_fen > 0 AND p_cash_channel IS NULL
       AND v_codes <@ ARRAY['AMOUNT_NOT_ADJUSTABLE', 'INSURED_INFO_CHANGED', 'QUOTE_EXPIRED', 'QUOTE_STALE'] THEN
        v_codes := v_codes || 'SHORTFALL_CASH_REQUIRED'::text;
        v_extras := v_extras || jsonb_build_object('SHORTFALL_CASH_REQUIRED', jsonb_build_object('shortfall_fen', v_split.shortfall_fen));
        IF v_split.aid_fen = 0 THEN
            v_codes := v_codes || 'MUTUAL_AID_FUNDS_EMPTY'::text;
        END IF;
    END IF;
    IF cardinality(v_codes) > 0 THEN
        RETURN (v_codes[1], v_codes, nullif(v_extras, '{}'), false)::gongji.outcome;
    ELSIF NOT v_pays THEN
        RETURN ('CREATED', NULL, v_body, false)::gongji.outcome;
    END IF;

    -- Write. When cash is to come, the accounts' money is only held.
    v_waits := v_split.shortfall_fen > 0;
    v_payment := (p_payment_id, v_insured_id, v_caller, CASE WHEN v_waits THEN 'awaiting_cash' ELSE 'succeeded' END, v_use, v_benefit_year, v_product,
                  v_payable, v_split.own_fen, v_split.aid_fen, v_split.shortfall_fen, v_split.legs, gongji.coverage_body(v_coverage), v_area.version,
                  v_standard.version, v_quote.id, p_client_reference, CASE WHEN NOT v_waits THEN gongji.receipt_no(v_insured.area, v_today) END,
                  p_ctx ->> 'channel', p_ctx ->> 'actor', v_now, v_insured.area, CASE WHEN v_waits THEN p_cash_channel END,
                  CASE WHEN v_waits THEN v_now + make_interval(mins => coalesce((v_area.rules).cash_hold_minutes, 30)) END, NULL,
                  v_repair_years, v_repair)::gongji.payment;
    INSERT INTO gongji.payment VALUES (v_payment.*);
    FOREACH v_draw IN ARRAY v_split.draws LOOP
        v_leg := v_leg + 1;
        v_account := bench.draw(v_draw, v_waits, v_year, v_now);
        v_grantor_area := v_area;
        IF v_draw.binding_id IS NOT NULL THEN
            FOREACH v_source IN ARRAY v_sources LOOP
                EXIT WHEN v_source.grantor = v_draw.person;
            END LOOP;
            IF v_source.area <> v_area.area THEN
                v_grantor_area := bench.area(v_source.area, v_today);
            END IF;
        END IF;
        v_money_year := v_account.current_year - CASE v_draw.bucket WHEN 'current_year' THEN 0 ELSE 1 END;
        IF v_waits THEN
            INSERT INTO gongji.hold
            VALUES (v_draw.person, p_payment_id, v_leg, v_insured_id, v_draw.binding_id, v_draw.bucket::gongji.ledger_bucket, v_money_year, v_draw.amount_fen,
                    v_grantor_area.area, v_grantor_area.version, 'held');
        ELSE
            v_entries := v_entries || (
                v_draw.person, nextval('gongji.ledger_entry_id'), 'personal', 'premium', v_draw.bucket, v_money_year, p_payment_id, -v_draw.amount_fen,
                v_account.current_fen + v_account.prior_fen, v_account.version, v_now, v_today, p_payment_id, v_draw.binding_id, v_insured_id, v_use,
                CASE WHEN v_draw.binding_id IS NULL THEN 'self' ELSE 'relative' END, v_grantor_area.area, v_insured.area, v_grantor_area.version,
                v_area.version)::gongji.ledger_entry;
        END IF;
    END LOOP;
    IF v_payable > 0 AND NOT v_waits THEN
        v_entries := v_entries || (
            v_insured_id, nextval('gongji.ledger_entry_id'), 'premium_fund', 'premium', NULL, v_year, p_payment_id, v_payable, NULL, NULL,
            v_now, v_today, p_payment_id, NULL, v_insured_id, v_use, NULL, NULL, v_insured.area, NULL, v_area.version)::gongji.ledger_entry;
        INSERT INTO gongji.ledger_entry SELECT e.* FROM unnest(v_entries) e; -- one statement: the legs of a movement sum to zero
    END IF;
    INSERT INTO gongji.outbox (person, at, type, payload)
    VALUES (v_insured_id, v_now, 'payment.' || v_payment.status, jsonb_build_object('payment_id', 'pay_' || p_payment_id));
    RETURN ('CREATED', NULL, gongji.payment_body(v_payment, v_insured.person_no), false)::gongji.outcome;
END
$$;

CREATE FUNCTION bench.pay_single(p_ctx jsonb, p_payment_id uuid, p_quote_id uuid, p_fresh_quote_id uuid, p_insured_no text, p_benefit_year integer, p_product text,
                                 p_expected_fen bigint, p_amount_sent boolean, p_name_digests text[], p_client_reference text,
                                 p_cash_channel text, p_repair_years integer[] DEFAULT NULL) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    v_key CONSTANT uuid := (p_ctx ->> 'key')::uuid;
    v_first gongji.idempotency_key;
    v_out gongji.outcome;
BEGIN
    INSERT INTO gongji.idempotency_key (key, request, at)
    VALUES (v_key, p_ctx ->> 'request', gongji.now_cn())
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO STRICT v_first FROM gongji.idempotency_key WHERE key = v_key;
        RETURN gongji.idempotency_answer(p_ctx ->> 'request', v_first);
    END IF;
    v_out := bench.decide(p_ctx, p_payment_id, p_quote_id, p_fresh_quote_id, p_insured_no, p_benefit_year, p_product, p_expected_fen, p_amount_sent,
                          p_name_digests, p_client_reference, p_cash_channel, p_repair_years);
    IF NOT gongji.code_is_stored(v_out.code) THEN
        DELETE FROM gongji.idempotency_key WHERE key = v_key;
    ELSE
        UPDATE gongji.idempotency_key SET code = v_out.code, codes = v_out.codes, result = v_out.result WHERE key = v_key;
    END IF;
    RETURN v_out;
END
$$;

CREATE FUNCTION bench.quote_single(p_ctx jsonb, p_quote_id uuid, p_insured_no text, p_benefit_year integer, p_product text, p_amount_sent boolean) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    RETURN bench.decide(p_ctx, NULL, NULL, p_quote_id, p_insured_no, p_benefit_year, p_product, NULL, p_amount_sent, NULL, NULL, NULL, NULL);
END
$$;

CREATE FUNCTION bench.balance_single(p_ctx jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    v_now CONSTANT timestamptz := gongji.now_cn();
    v_today CONSTANT date := gongji.date_cn(v_now);
    v_person gongji.person;
    v_account gongji.account;
    v_rules gongji.policy_rules;
BEGIN
    SELECT p.* INTO v_person
      FROM gongji.person_no_key k
      JOIN gongji.person p ON p.id = k.person
     WHERE k.person_no = p_ctx ->> 'sub';
    IF NOT FOUND THEN
        RETURN bench.refuse('PERSON_NOT_FOUND');
    END IF;
    SELECT (f.rules).* INTO v_rules
      FROM gongji.policy_effective f
     WHERE f.area = v_person.area AND f.valid_from <= v_today
     ORDER BY f.valid_from DESC, f.version DESC
     LIMIT 1;
    IF NOT gongji.channel_open(v_rules.channels, 'read', p_ctx ->> 'channel') THEN
        RETURN bench.refuse('CHANNEL_NOT_ALLOWED');
    END IF;
    SELECT a.* INTO v_account FROM gongji.account a WHERE a.person = v_person.id;
    v_account := gongji.account_in_year(v_account, extract(year FROM v_today)::integer);
    RETURN ('OK', NULL, gongji.account_body(v_person.person_no, v_person.area, v_person.status, v_account, v_rules, v_now), false)::gongji.outcome;
END
$$;

-- Ids in order of time, as a client would bring them (RFC 9562 §5.7); gongji.uuid_v7 is not for the server's role.
CREATE FUNCTION bench.uuid7() RETURNS uuid
LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid
$$;

-- The server's role calls these, as the program of such a team would.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA bench FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bench TO gongji_app;
RESET ROLE;
