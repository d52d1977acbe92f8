-- The money rules. Reads what decides for a whole batch in a constant number of statements, then decides item by item in order of arrival,
-- with no SQL inside the loop; what an earlier item of the batch did counts for the later ones.
CREATE OR REPLACE FUNCTION gongji.premium_plan(p_items gongji.premium_item[], p_now timestamptz, p_wanted bigint[], p_locked bigint[]) RETURNS gongji.premium_plan
LANGUAGE plpgsql AS $$
DECLARE
    c_quote_lives CONSTANT interval := '15 minutes';
    v_today CONSTANT date := gongji.date_cn(p_now);
    v_year CONSTANT integer := extract(year FROM v_today);

    -- what was read
    v_insureds bigint[];
    v_years integer[];
    v_sources gongji.premium_source[];
    v_source_insureds bigint[];
    v_parties gongji.premium_party[];
    v_party_ids bigint[];
    v_areas gongji.premium_area[];
    v_area_codes text[];
    v_products gongji.product[];
    v_product_keys text[];
    v_standards gongji.premium_standard[];
    v_standard_keys text[];
    v_live gongji.payment[];
    v_live_keys text[];
    v_links text[];
    v_shown text[];
    v_all_locked boolean; -- nearly always: then nobody has to be looked for among those that are

    -- what comes of it: plain arrays, since only those grow in place
    v_decisions gongji.premium_decision[] := '{}';
    v_quotes gongji.quote[] := '{}';
    v_payments gongji.payment[] := '{}';
    v_holds gongji.hold[] := '{}';
    v_entries gongji.ledger_entry[] := '{}';
    v_accounts gongji.account[] := '{}';

    -- the item being decided
    v_item gongji.premium_item;
    v_product gongji.product;
    v_use text;
    v_pays boolean;
    v_waits boolean;
    v_misses boolean;
    v_fits boolean;
    v_expired boolean;
    v_stale boolean;
    v_insured gongji.premium_party;
    v_area gongji.premium_area;
    v_grantor gongji.premium_party;
    v_grantor_area gongji.premium_area;
    v_source gongji.premium_source;
    v_standard gongji.premium_standard;
    v_coverage gongji.coverage;
    v_split gongji.premium_split;
    v_draw gongji.premium_draw;
    v_payment gongji.payment;
    v_account gongji.account;
    v_rollover gongji.ledger_entry[];
    v_position integer;
    v_touched integer[] := '{}'; -- positions of the parties whose accounts changed
    v_leg integer;
    v_first integer;
    v_calling integer;
    v_calls_active boolean;
    v_order integer[];
    v_premium_key text;
    v_paid_year integer;
    v_subsidy bigint;
    v_payable bigint;
    v_repair jsonb;
    v_repair_fen bigint;
    v_code text;
    v_codes text[];
    v_extras jsonb;
    v_fresh jsonb;
    v_charges text;
    v_body jsonb;
BEGIN
    -- Read. Bindings of the insured, in funding order.
    SELECT array_agg(DISTINCT i.insured), array_agg(DISTINCT t.year) INTO v_insureds, v_years
      FROM unnest((SELECT p_items)) i
     CROSS JOIN LATERAL unnest(i.benefit_year || i.repair_years) AS t (year)
     WHERE i.refused IS NULL AND i.insured IS NOT NULL;

    v_sources := gongji.funding_sources(v_insureds, p_now);
    SELECT array_agg(s.insured ORDER BY s.n) INTO v_source_insureds
      FROM unnest(v_sources) WITH ORDINALITY AS s (insured, binding_id, grantor, active, suspended, per_payment_cap_fen, n);

    -- The people, their accounts as they stand this year, the insured's enrollment history; the rules of their areas today.
    v_parties := gongji.funding_parties(v_insureds || ARRAY(SELECT s.grantor FROM unnest(v_sources) s WHERE s.active OR s.suspended), v_year, v_years);
    SELECT array_agg(p.person ORDER BY p.person) INTO v_party_ids
      FROM unnest(v_parties) p;
    v_all_locked := coalesce(v_party_ids = p_locked, false); -- both in order
    v_areas := gongji.funding_areas(v_parties, v_today);
    SELECT array_agg(a.area ORDER BY a.n) INTO v_area_codes
      FROM unnest(v_areas) WITH ORDINALITY AS a (area, version, rules, basis, n);

    -- The products that the insured's area lists, each the row of the nearest level.
    SELECT array_agg(s.product), array_agg(d.key)
      INTO v_products, v_product_keys
      FROM (SELECT DISTINCT p.area, i.product, concat_ws('/', p.area, i.product) AS key
              FROM unnest((SELECT p_items)) i
              JOIN unnest((SELECT v_parties)) p ON p.person = i.insured) d
     CROSS JOIN LATERAL (SELECT t AS product
                           FROM gongji.product t
                          WHERE t.product = d.product AND t.area IN (d.area, left(d.area, 2) || '0000', '000000')
                          ORDER BY t.area DESC
                          LIMIT 1) s;

    -- What those have given whose area counts it.
    v_parties := gongji.funding_given(v_parties, v_areas, v_today);

    -- The standard that stands in the insured's area.
    SELECT array_agg(s.standard), array_agg(d.key)
      INTO v_standards, v_standard_keys
      FROM (SELECT DISTINCT p.area, i.benefit_year, i.product, concat_ws('/', p.area, i.benefit_year, i.product) AS key
              FROM unnest((SELECT p_items)) i
              JOIN unnest((SELECT v_parties)) p ON p.person = i.insured) d
     CROSS JOIN LATERAL (SELECT t AS standard
                           FROM gongji.premium_standard t
                          WHERE t.area = d.area AND t.benefit_year = d.benefit_year AND t.product = d.product
                          ORDER BY t.version DESC
                          LIMIT 1) s;

    -- What was paid already, with the premium of its own year or repaired with that of a later one.
    SELECT coalesce(array_agg(p.payment), '{}'), coalesce(array_agg(concat_ws('/', (p.payment).insured, p.year, (p.payment).product)), '{}')
      INTO v_live, v_live_keys
      FROM (SELECT y AS payment, y.benefit_year AS year
              FROM gongji.payment y
             WHERE y.insured = ANY ((SELECT v_insureds)::bigint[]) AND y.benefit_year = ANY ((SELECT v_years)::integer[])
               AND y.status IN ('awaiting_cash', 'manual_review', 'succeeded')
             UNION ALL
            SELECT y, t.year
              FROM gongji.payment y
             CROSS JOIN LATERAL unnest(y.repair_years) AS t (year)
             WHERE y.insured = ANY ((SELECT v_insureds)::bigint[]) AND y.repair_years IS NOT NULL
               AND y.status IN ('awaiting_cash', 'manual_review', 'succeeded')) p
     WHERE p.year = ANY (v_years);

    -- Provinces money may cross between.
    SELECT array_agg(DISTINCT concat_ws(':', g.area, i.area, t.use)) INTO v_links
      FROM unnest((SELECT v_sources)) s
      JOIN unnest((SELECT v_parties)) g ON g.person = s.grantor
      JOIN unnest((SELECT v_parties)) i ON i.person = s.insured
     CROSS JOIN (SELECT DISTINCT p.use FROM unnest(v_products) p) t
     WHERE (s.active OR s.suspended) AND left(g.area, 2) <> left(i.area, 2) AND gongji.area_linked(g.area, i.area, v_today, t.use);

    -- Whose credential the caller may show: that is no money (S0-43, S1-15).
    SELECT coalesce(array_agg(concat_ws(':', l.holder, l.member)), '{}') INTO v_shown
      FROM gongji.credential_link l
     WHERE l.member = ANY ((SELECT v_insureds)::bigint[]) AND l.ended_at IS NULL;

    -- Decide.
    FOR n IN 1 .. cardinality(p_items) LOOP
        v_item := p_items[n];
        IF v_item.refused IS NOT NULL THEN
            v_decisions := v_decisions || (v_item.refused, ARRAY[v_item.refused], NULL)::gongji.premium_decision;
            CONTINUE;
        END IF;
        v_pays := v_item.payment_id IS NOT NULL;
        v_codes := '{}';
        v_extras := '{}';

        -- Who may pay: the insured, or a grantor of the insured. To anyone else the insured does not exist (S0-03).
        v_position := array_position(v_party_ids, v_item.insured);
        v_first := array_position(v_source_insureds, v_item.insured);
        v_calling := NULL;
        v_order := '{}';
        v_waits := v_pays AND NOT v_all_locked AND v_item.insured <> ALL (p_locked);
        v_misses := v_pays AND NOT v_all_locked AND v_item.insured <> ALL (p_wanted);
        v_code := CASE WHEN concat_ws(':', v_item.caller, v_item.insured) = ANY (v_shown) THEN 'CREDENTIAL_LINK_HAS_NO_FUNDS' ELSE 'BINDING_REQUIRED' END;
        FOR s IN coalesce(v_first, 1) .. CASE WHEN v_first IS NULL THEN 0 ELSE cardinality(v_sources) END LOOP
            v_source := v_sources[s];
            EXIT WHEN v_source.insured <> v_item.insured;
            IF v_source.grantor = v_item.caller AND NOT v_source.active THEN
                v_code := 'BINDING_NOT_ACTIVE';
            END IF;
            CONTINUE WHEN NOT v_source.active AND NOT v_source.suspended;
            IF v_pays AND NOT v_all_locked AND v_source.active THEN
                v_waits := v_waits OR v_source.grantor <> ALL (p_locked);
                v_misses := v_misses OR v_source.grantor <> ALL (p_wanted);
            END IF;
            IF v_source.grantor = v_item.caller THEN
                v_calling := s;
                v_calls_active := v_source.active;
                v_order := s || v_order;
            ELSE
                v_order := v_order || s;
            END IF;
        END LOOP;
        IF v_position IS NULL OR (v_calling IS NULL AND v_item.caller <> v_item.insured) THEN
            v_decisions := v_decisions || (v_code, ARRAY[v_code], NULL)::gongji.premium_decision;
            CONTINUE;
        END IF;

        -- Nothing is decided from a row that is not locked: a family changed meanwhile is read again, one locked elsewhere waited for.
        IF v_misses OR v_waits THEN
            v_decisions := v_decisions || (CASE WHEN v_misses THEN 'again' ELSE 'busy' END, NULL, NULL)::gongji.premium_decision;
            CONTINUE;
        END IF;

        v_insured := v_parties[v_position];
        v_area := v_areas[array_position(v_area_codes, v_insured.area)];
        IF jsonb_typeof((v_area.rules).channels -> 'pay') = 'array' AND NOT (v_area.rules).channels -> 'pay' ? v_item.channel THEN
            v_codes := v_codes || 'CHANNEL_NOT_ALLOWED'::text;
        END IF;
        -- A grantor whose binding is suspended hears what suspended it too, further down (F16).
        IF v_calling IS NOT NULL AND NOT v_calls_active THEN
            v_codes := v_codes || 'BINDING_NOT_ACTIVE'::text;
        END IF;

        -- The product decides the use; a product that is not listed here today is for no use.
        v_product := v_products[array_position(v_product_keys, concat_ws('/', v_insured.area, v_item.product))];
        v_use := CASE WHEN v_today BETWEEN v_product.valid_from AND coalesce(v_product.valid_to, v_today) THEN v_product.use END;

        -- The insured and the use.
        IF v_product.scheme = 'resident' AND v_insured.scheme <> 'resident' THEN
            v_codes := v_codes || 'NOT_RESIDENT_SCHEME'::text;
        END IF;
        IF (v_area.rules).insured_status_allowed IS NOT NULL
           AND NOT coalesce(coalesce((v_area.rules).insured_status_allowed -> v_use, (v_area.rules).insured_status_allowed -> '*') ? v_insured.status, false) THEN
            v_codes := v_codes || 'BENEFICIARY_STATUS_ABNORMAL'::text;
        END IF;
        IF v_use IS NULL OR v_product.scheme = 'employee' AND v_insured.scheme <> 'employee'
           OR NOT coalesce(CASE WHEN v_calling IS NULL THEN (v_area.rules).uses -> v_use ?| ARRAY['self', 'relative']
                                ELSE (v_area.rules).uses -> v_use ? 'relative' END, false) THEN
            v_codes := v_codes || 'USE_NOT_PERMITTED'::text;
        END IF;

        -- One payment per insured, benefit year and product (F2).
        v_premium_key := concat_ws('/', v_item.insured, v_item.benefit_year, v_item.product);
        v_position := array_position(v_live_keys, v_premium_key);
        IF v_position IS NOT NULL THEN
            v_payment := v_live[v_position];
            v_code := CASE v_payment.status WHEN 'succeeded' THEN 'PREMIUM_ALREADY_PAID' ELSE 'PREMIUM_PAYMENT_PENDING' END;
            v_codes := v_codes || v_code;
            IF v_item.caller IN (v_payment.insured, v_payment.payer)
               OR (v_calling IS NOT NULL AND v_payment.legs @> jsonb_build_array(jsonb_build_object('binding_id', 'bnd_' || v_sources[v_calling].binding_id))) THEN
                v_extras := v_extras || jsonb_build_object(v_code, jsonb_build_object('payment_id', 'pay_' || v_payment.id));
            END IF;
        END IF;

        -- The standard, the window, and the cover it buys.
        v_payable := NULL;
        v_coverage := NULL;
        v_repair := NULL;
        v_standard := v_standards[array_position(v_standard_keys, concat_ws('/', v_insured.area, v_item.benefit_year, v_item.product))];
        IF v_standard.area IS NULL THEN
            v_codes := v_codes || 'PREMIUM_STANDARD_NOT_PUBLISHED'::text;
        ELSE
            v_coverage := gongji.product_coverage(v_use, v_area.rules, v_standard, v_insured.person_class, v_insured.birth_date,
                                                  v_insured.enrolled_years, v_insured.missed_years, cardinality(v_item.repair_years), v_today);
            v_subsidy := gongji.premium_subsidy_fen(v_standard, v_insured.person_class);
            v_payable := v_standard.amount_fen - v_subsidy;
            IF v_coverage.state = 'not_open' THEN
                v_codes := v_codes || 'ENROLLMENT_WINDOW_NOT_OPEN'::text;
            ELSIF v_coverage.state = 'closed' THEN
                v_codes := v_codes || 'ENROLLMENT_CLOSED'::text;
            END IF;
            -- Missed years paid for as well, each at the standard of now and without a subsidy (P-03).
            IF v_item.repair_years IS NOT NULL THEN
                v_repair_fen := v_standard.amount_fen * cardinality(v_item.repair_years);
                v_repair := jsonb_build_object('years', cardinality(v_item.repair_years), 'standard_fen', v_standard.amount_fen, 'amount_fen', v_repair_fen,
                                               'rule', 'repair_years', 'legal_basis', v_area.basis -> 'waiting');
                v_payable := v_payable + v_repair_fen;
                v_fits := gongji.repair_fits(v_item.repair_years, v_item.benefit_year, v_coverage.missed_years);
                FOREACH v_paid_year IN ARRAY v_item.repair_years LOOP
                    v_fits := v_fits AND concat_ws('/', v_item.insured, v_paid_year, v_item.product) <> ALL (v_live_keys);
                END LOOP;
                IF NOT v_fits THEN
                    v_codes := v_codes || 'REPAIR_YEAR_INVALID'::text;
                    v_payable := NULL;
                END IF;
            END IF;
        END IF;

        -- No one sets the amount but the rules (S1-46); no one is paid for by mistake (S0-41).
        IF v_item.amount_sent OR v_item.expected_fen <> v_payable THEN
            v_codes := v_codes || 'AMOUNT_NOT_ADJUSTABLE'::text;
            IF v_payable IS NOT NULL THEN
                v_extras := v_extras || jsonb_build_object('AMOUNT_NOT_ADJUSTABLE', jsonb_build_object('payable_fen', v_payable));
            END IF;
        END IF;
        IF (v_item.quote).identity_version <> v_insured.identity_version OR v_insured.name_digest <> ALL (v_item.name_digests) THEN
            v_codes := v_codes || 'INSURED_INFO_CHANGED'::text;
        END IF;

        -- Conditions on the calling grantor refuse; those on the others only pass them over.
        IF v_calling IS NOT NULL THEN
            v_grantor := v_parties[array_position(v_party_ids, v_item.caller)];
            v_grantor_area := v_areas[array_position(v_area_codes, v_grantor.area)];
            IF v_grantor.status <> ALL ((v_grantor_area.rules).grantor_status_required) OR v_grantor.scheme <> 'employee' OR v_grantor.excluded THEN
                v_codes := v_codes || 'GRANTOR_STATUS_ABNORMAL'::text;
            END IF;
            IF (v_grantor.account).frozen THEN
                v_codes := v_codes || 'GRANTOR_FROZEN'::text;
            END IF;
            IF (v_grantor.account).under_review THEN
                v_codes := v_codes || 'ACCOUNT_UNDER_REVIEW'::text;
            END IF;
        END IF;
        IF (v_insured.account).frozen THEN
            v_codes := v_codes || 'ACCOUNT_FROZEN'::text;
        END IF;
        IF v_calling IS NOT NULL THEN
            v_code := CASE WHEN v_grantor.area <> v_insured.area
                           THEN gongji.crossing(v_grantor.area, v_insured.area, v_grantor_area.rules, v_area.rules,
                                                coalesce(concat_ws(':', v_grantor.area, v_insured.area, v_use) = ANY (v_links), false)) END;
            IF v_code IS NOT NULL THEN
                v_codes := v_codes || v_code;
                v_extras := v_extras || jsonb_build_object(v_code, jsonb_build_object('area', v_insured.area));
            END IF;
        END IF;

        -- Whose money pays what.
        v_split := NULL;
        v_body := NULL;
        v_charges := NULL;
        IF v_payable IS NOT NULL THEN
            v_split := gongji.premium_split(v_use, 'premium_standard', v_payable, v_insured, v_area, v_calling, v_order, v_sources, v_parties, v_party_ids,
                                            v_areas, v_area_codes, v_links, '{}');
            IF v_subsidy > 0 AND v_payable > 0 THEN
                v_split.legs := jsonb_build_array(jsonb_build_object(
                    'source', 'subsidy', 'amount_fen', v_subsidy, 'rule', 'subsidies', 'legal_basis', NULL,
                    'facts', jsonb_build_object('standard_fen', v_standard.amount_fen))) || v_split.legs;
            END IF;
            IF NOT v_pays OR (v_item.quote).id IS NOT NULL THEN
                v_charges := concat_ws('|', v_payable, v_split.draws, v_coverage.starts_on, v_coverage.ends_on, v_coverage.waiting_months, v_coverage.missed_years,
                                       v_item.repair_years);
                v_body := jsonb_build_object(
                    'insured', jsonb_build_object('person_id', v_insured.person_no, 'name', v_insured.name_mask, 'id_number', v_insured.id_number_mask,
                                                  'area', v_insured.area),
                    'benefit_year', v_item.benefit_year, 'product', v_item.product,
                    'standard_fen', v_standard.amount_fen, 'subsidy_fen', v_subsidy, 'payable_fen', v_payable,
                    'legs', v_split.legs, 'own_fen', v_split.own_fen, 'aid_fen', v_split.aid_fen, 'shortfall_fen', v_split.shortfall_fen,
                    'skipped', v_split.skipped, 'coverage', gongji.coverage_body(v_coverage), 'policy_version', v_area.version);
                IF v_repair IS NOT NULL THEN
                    v_body := v_body || jsonb_build_object('repair_years', v_item.repair_years, 'repair', v_repair);
                END IF;
            END IF;
        END IF;

        -- A quote: a promise of exactly this for a quarter of an hour; or the fresh one in place of a promise that no longer holds.
        v_expired := v_pays AND (v_item.quote).expires_at <= p_now;
        v_stale := v_pays AND (v_item.quote).charges <> v_charges;
        IF cardinality(v_codes) = 0 AND (NOT v_pays OR v_expired OR v_stale) THEN
            v_body := jsonb_build_object('id', 'quo_' || v_item.quote_id, 'expires_at', gongji.rfc3339(p_now + c_quote_lives)) || v_body;
            v_quotes := v_quotes || (v_item.quote_id, v_item.insured, v_item.caller, v_item.benefit_year, v_item.product, v_insured.identity_version,
                                               p_now, p_now + c_quote_lives, v_charges, v_body, v_item.repair_years)::gongji.quote;
            v_fresh := jsonb_build_object('quote', v_body);
        ELSE
            v_fresh := '{}';
        END IF;
        IF v_expired THEN
            v_codes := v_codes || 'QUOTE_EXPIRED'::text;
            v_extras := v_extras || jsonb_build_object('QUOTE_EXPIRED', v_fresh);
        END IF;
        IF v_stale THEN
            v_codes := v_codes || 'QUOTE_STALE'::text;
            v_extras := v_extras || jsonb_build_object('QUOTE_STALE', v_fresh);
        END IF;

        -- What the accounts cannot pay is said to the fen (S0-39, S0-40), when nothing else stands in the way of them and no cash channel fills it.
        IF v_pays AND v_split.shortfall_fen > 0 AND v_item.cash_channel IS NULL
           AND v_codes <@ ARRAY['AMOUNT_NOT_ADJUSTABLE', 'INSURED_INFO_CHANGED', 'QUOTE_EXPIRED', 'QUOTE_STALE'] THEN
            v_codes := v_codes || 'SHORTFALL_CASH_REQUIRED'::text;
            v_extras := v_extras || jsonb_build_object('SHORTFALL_CASH_REQUIRED', jsonb_build_object('shortfall_fen', v_split.shortfall_fen));
            IF v_split.aid_fen = 0 THEN
                v_codes := v_codes || 'MUTUAL_AID_FUNDS_EMPTY'::text;
            END IF;
        END IF;
        IF cardinality(v_codes) > 0 THEN
            v_decisions := v_decisions || (v_codes[1], v_codes, nullif(v_extras, '{}'))::gongji.premium_decision;
            CONTINUE;
        ELSIF NOT v_pays THEN
            v_decisions := v_decisions || ('CREATED', NULL, v_body)::gongji.premium_decision;
            CONTINUE;
        END IF;

        -- Charge: the payment, a draw per leg out of the accounts, and the premium fund's side. When cash is to come, the draws are only held.
        v_waits := v_split.shortfall_fen > 0;
        v_payment := (v_item.payment_id, v_item.insured, v_item.caller, CASE WHEN v_waits THEN 'awaiting_cash' ELSE 'succeeded' END, v_use,
                      v_item.benefit_year, v_item.product, v_payable, v_split.own_fen, v_split.aid_fen, v_split.shortfall_fen, v_split.legs,
                      gongji.coverage_body(v_coverage), v_area.version, v_standard.version, (v_item.quote).id, v_item.client_reference,
                      CASE WHEN NOT v_waits THEN gongji.receipt_no(v_insured.area, v_today) END, v_item.channel, v_item.actor, p_now,
                      v_insured.area, CASE WHEN v_waits THEN v_item.cash_channel END,
                      CASE WHEN v_waits THEN p_now + make_interval(mins => coalesce((v_area.rules).cash_hold_minutes, 30)) END,
                      NULL, v_item.repair_years, v_repair)::gongji.payment;
        v_payments := v_payments || v_payment;
        -- The years now paid for, as the items after this one find them.
        v_position := array_position(v_party_ids, v_item.insured);
        v_insured := v_parties[v_position];
        FOREACH v_paid_year IN ARRAY v_item.benefit_year || v_item.repair_years LOOP
            v_live := v_live || v_payment;
            v_live_keys := v_live_keys || concat_ws('/', v_item.insured, v_paid_year, v_item.product);
            IF v_use = 'resident_premium' AND NOT v_waits THEN
                v_insured.enrolled_years := v_insured.enrolled_years || v_paid_year;
            END IF;
        END LOOP;
        v_parties[v_position] := v_insured;
        v_leg := 0;
        FOREACH v_draw IN ARRAY v_split.draws LOOP
            v_leg := v_leg + 1;
            v_position := array_position(v_party_ids, v_draw.person);
            v_grantor := v_parties[v_position];
            v_grantor_area := v_areas[array_position(v_area_codes, v_grantor.area)];
            v_account := v_grantor.account;
            IF (v_grantor.stored).current_year < v_year THEN
                v_rollover := gongji.rollover_entries(v_grantor.stored, v_year, p_now);
                v_entries := v_entries || v_rollover;
                v_account.version := v_account.version + cardinality(v_rollover);
                v_grantor.stored := v_account;
            END IF;
            IF v_waits THEN
                v_account := gongji.account_held(v_account, v_draw.bucket::gongji.ledger_bucket, v_draw.amount_fen);
                v_holds := v_holds || (
                    v_draw.person, v_item.payment_id, v_leg, v_item.insured, v_draw.binding_id, v_draw.bucket,
                    v_account.current_year - CASE v_draw.bucket WHEN 'current_year' THEN 0 ELSE 1 END, v_draw.amount_fen, v_grantor.area, v_grantor_area.version,
                    'held')::gongji.hold;
            ELSE
                v_account := gongji.account_drawn(v_account, v_draw.bucket::gongji.ledger_bucket, v_draw.amount_fen);
                v_entries := v_entries || (
                    v_draw.person, nextval('gongji.ledger_entry_id'), 'personal', 'premium', v_draw.bucket,
                    v_account.current_year - CASE v_draw.bucket WHEN 'current_year' THEN 0 ELSE 1 END, v_item.payment_id, -v_draw.amount_fen,
                    v_account.current_fen + v_account.prior_fen, v_account.version, p_now, v_today, v_item.payment_id, v_draw.binding_id, v_item.insured, v_use,
                    CASE WHEN v_draw.binding_id IS NULL THEN 'self' ELSE 'relative' END, v_grantor.area, v_insured.area, v_grantor_area.version,
                    v_area.version)::gongji.ledger_entry;
            END IF;
            v_grantor.account := v_account;
            IF v_draw.binding_id IS NOT NULL THEN
                v_grantor.given_today_fen := v_grantor.given_today_fen + v_draw.amount_fen;
                v_grantor.given_year_fen := v_grantor.given_year_fen + v_draw.amount_fen;
            END IF;
            v_parties[v_position] := v_grantor;
            IF v_position <> ALL (v_touched) THEN
                v_touched := v_touched || v_position;
            END IF;
        END LOOP;
        IF v_payable > 0 AND NOT v_waits THEN
            v_entries := v_entries || (
                v_item.insured, nextval('gongji.ledger_entry_id'), 'premium_fund', 'premium', NULL, v_year, v_item.payment_id, v_payable, NULL, NULL,
                p_now, v_today, v_item.payment_id, NULL, v_item.insured, v_use, NULL, NULL, v_insured.area, NULL, v_area.version)::gongji.ledger_entry;
        END IF;
        v_decisions := v_decisions || ('CREATED', NULL, gongji.payment_body(v_payment, v_insured.person_no))::gongji.premium_decision;
    END LOOP;
    FOREACH v_position IN ARRAY v_touched LOOP
        v_accounts := v_accounts || (v_parties[v_position]).account;
    END LOOP;
    RETURN (v_decisions, v_quotes, v_payments, v_accounts, v_entries, v_holds)::gongji.premium_plan;
END
$$;
COMMENT ON FUNCTION gongji.premium_plan(gongji.premium_item[], timestamptz, bigint[], bigint[]) IS
    'Decides a batch of quotes and premium payments: an answer per item, in order, and the rows to write. p_wanted: accounts the caller tried to lock, p_locked: those it got (both NULL when only quoting). An item whose accounts were not all locked answers busy; one that needs an account nobody tried to lock answers again. Refusals come all at once (S0-31), in the order of the documentation';
