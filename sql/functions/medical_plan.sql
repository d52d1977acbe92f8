-- Care and medicine paid out of accounts. Reads what decides for a whole batch, then decides item by item in order of arrival, as premium_plan does.
CREATE OR REPLACE FUNCTION gongji.medical_plan(p_items gongji.medical_item[], p_now timestamptz, p_wanted bigint[], p_locked bigint[]) RETURNS gongji.medical_plan
LANGUAGE plpgsql AS $$
DECLARE
    v_today CONSTANT date := gongji.date_cn(p_now);
    v_year CONSTANT integer := extract(year FROM v_today);

    -- what was read
    v_patients bigint[];
    v_sources gongji.premium_source[];
    v_source_patients bigint[];
    v_parties gongji.premium_party[];
    v_party_ids bigint[];
    v_areas gongji.premium_area[];
    v_area_codes text[];
    v_places gongji.institution[];
    v_place_codes text[];
    v_suspended bigint[];
    v_shown text[];
    v_links text[];
    v_paid_keys uuid[] := '{}';
    v_paid uuid[] := '{}';

    -- what comes of it: plain arrays, since only those grow in place
    v_decisions gongji.premium_decision[] := '{}';
    v_payments gongji.payment[] := '{}';
    v_settlements gongji.medical_settlement[] := '{}';
    v_accounts gongji.account[] := '{}';
    v_entries gongji.ledger_entry[] := '{}';
    v_incidents gongji.incident[] := '{}';

    -- the item being decided
    v_item gongji.medical_item;
    v_patient gongji.premium_party;
    v_area gongji.premium_area;
    v_place gongji.institution;
    v_source gongji.premium_source;
    v_capped gongji.premium_source[];
    v_grantor gongji.premium_party;
    v_grantor_area gongji.premium_area;
    v_split gongji.premium_split;
    v_draw gongji.premium_draw;
    v_payment gongji.payment;
    v_settlement gongji.medical_settlement;
    v_account gongji.account;
    v_rollover gongji.ledger_entry[];
    v_position integer;
    v_first integer;
    v_order integer[];
    v_waits boolean;
    v_misses boolean;
    v_earlier uuid;
    v_use text;
    v_uses text[];
    v_use_fen bigint[];
    v_use_taken boolean;
    v_payable bigint;
    v_taken bigint;
    v_givers bigint[];
    v_kind text;
    v_code text;
    v_codes text[];
    v_extras jsonb;
BEGIN
    -- Read: families with their money and rules, as for premiums.
    SELECT array_agg(DISTINCT i.patient) INTO v_patients
      FROM unnest(p_items) i
     WHERE i.refused IS NULL AND i.patient IS NOT NULL;
    v_sources := gongji.funding_sources(v_patients, p_now);
    SELECT array_agg(s.insured ORDER BY s.n) INTO v_source_patients
      FROM unnest(v_sources) WITH ORDINALITY AS s (insured, binding_id, grantor, active, suspended, per_payment_cap_fen, n);
    v_parties := gongji.funding_parties(v_patients || ARRAY(SELECT s.grantor FROM unnest(v_sources) s WHERE s.active), v_year, NULL);
    SELECT array_agg(p.person ORDER BY p.person) INTO v_party_ids
      FROM unnest(v_parties) p;
    v_areas := gongji.funding_areas(v_parties, v_today);
    SELECT array_agg(a.area ORDER BY a.n) INTO v_area_codes
      FROM unnest(v_areas) WITH ORDINALITY AS a (area, version, rules, basis, n);
    v_parties := gongji.funding_given(v_parties, v_areas, v_today);

    -- Provinces money may cross between, use by use.
    SELECT array_agg(DISTINCT concat_ws(':', c.grantor_area, c.patient_area, c.use)) INTO v_links
      FROM (SELECT DISTINCT g.area AS grantor_area, p.area AS patient_area, t.item ->> 'use' AS use
              FROM unnest((SELECT p_items)) i
             CROSS JOIN jsonb_array_elements(i.items) AS t (item)
              JOIN unnest((SELECT v_sources)) s ON s.insured = i.patient AND s.active
              JOIN unnest((SELECT v_parties)) g ON g.person = s.grantor
              JOIN unnest((SELECT v_parties)) p ON p.person = s.insured
             WHERE left(g.area, 2) <> left(p.area, 2)) c
     WHERE gongji.area_linked(c.grantor_area, c.patient_area, v_today, c.use);

    -- The places, who may not settle today, and who may show whose credential.
    SELECT array_agg(t), array_agg(t.code)
      INTO v_places, v_place_codes
      FROM gongji.institution t
     WHERE t.code = ANY (ARRAY(SELECT i.institution FROM unnest(p_items) i));
    SELECT coalesce(array_agg(s.person), '{}') INTO v_suspended
      FROM gongji.settlement_suspension s
     WHERE s.person = ANY ((SELECT v_patients)::bigint[]) AND v_today BETWEEN s.suspended_from AND s.suspended_to;
    SELECT coalesce(array_agg(concat_ws(':', l.holder, l.member)), '{}') INTO v_shown
      FROM gongji.credential_link l
     WHERE l.member = ANY ((SELECT v_patients)::bigint[]) AND l.ended_at IS NULL;

    -- Decide.
    FOR n IN 1 .. cardinality(p_items) LOOP
        v_item := p_items[n];
        v_code := v_item.refused;
        IF v_code IS NULL AND v_item.credential_holder IS NULL THEN
            v_code := 'CREDENTIAL_INVALID';
        END IF;

        -- The credential is the patient's own (S1-05, S1-47), shown by the patient or over a link. Otherwise nothing about the patient is evaluated or told.
        v_kind := NULL;
        IF v_code IS NULL AND v_item.credential_holder <> v_item.patient_no THEN
            v_kind := 'credential_of_another';
        ELSIF v_code IS NULL AND v_item.patient IS NULL THEN
            v_code := 'PERSON_NOT_FOUND';
        ELSIF v_code IS NULL AND v_item.presented_by <> v_item.patient_no
              AND coalesce(concat_ws(':', v_item.presenter, v_item.patient) <> ALL (v_shown) OR v_item.presenter IS NULL, true)
              AND v_item.patient = ANY (p_locked) THEN
            v_kind := 'presenter_not_linked';
        END IF;
        IF v_kind IS NOT NULL THEN
            v_code := 'CREDENTIAL_NOT_PATIENT';
            v_incidents := v_incidents || (
                coalesce(v_item.patient, 0), v_item.incident_id, p_now, v_kind, v_item.institution, v_item.settlement_no, v_item.patient_no,
                v_item.credential_holder, v_item.credential_kind, nullif(v_item.presented_by, v_item.patient_no), v_item.request_id)::gongji.incident;
        END IF;
        IF v_code IS NOT NULL THEN
            v_decisions := v_decisions || (v_code, ARRAY[v_code], NULL)::gongji.premium_decision;
            CONTINUE;
        END IF;

        -- Nothing is decided from a row that is not locked: a family changed meanwhile is read again, one locked elsewhere waited for.
        v_first := array_position(v_source_patients, v_item.patient);
        v_order := '{}';
        v_waits := v_item.patient <> ALL (p_locked);
        v_misses := v_item.patient <> ALL (p_wanted);
        FOR s IN coalesce(v_first, 1) .. CASE WHEN v_first IS NULL THEN 0 ELSE cardinality(v_sources) END LOOP
            v_source := v_sources[s];
            EXIT WHEN v_source.insured <> v_item.patient;
            CONTINUE WHEN NOT v_source.active;
            v_waits := v_waits OR v_source.grantor <> ALL (p_locked);
            v_misses := v_misses OR v_source.grantor <> ALL (p_wanted);
            v_order := v_order || s;
        END LOOP;
        IF v_misses OR v_waits THEN
            v_decisions := v_decisions || (CASE WHEN v_misses THEN 'again' ELSE 'busy' END, NULL, NULL)::gongji.premium_decision;
            CONTINUE;
        END IF;

        v_codes := '{}';
        v_extras := '{}';
        v_patient := v_parties[array_position(v_party_ids, v_item.patient)];
        v_area := v_areas[array_position(v_area_codes, v_patient.area)];
        v_place := v_places[array_position(v_place_codes, v_item.institution)];

        -- One payment per settlement of a place.
        v_earlier := coalesce(v_item.earlier, v_paid[array_position(v_paid_keys, v_item.settlement_key)]);
        IF v_earlier IS NOT NULL THEN
            v_codes := v_codes || 'SETTLEMENT_NO_REUSED'::text;
            v_extras := v_extras || jsonb_build_object('SETTLEMENT_NO_REUSED', jsonb_build_object('payment_id', 'pay_' || v_earlier));
        END IF;
        IF v_item.patient = ANY (v_suspended) THEN
            v_codes := v_codes || 'SETTLEMENT_SUSPENDED'::text;
        END IF;

        -- What each use comes to; a place settles only what it is designated for.
        v_uses := '{}';
        v_use_fen := '{}';
        v_payable := 0;
        FOR k IN 0 .. jsonb_array_length(v_item.items) - 1 LOOP
            v_use := v_item.items -> k ->> 'use';
            v_position := array_position(v_uses, v_use);
            IF v_position IS NULL THEN
                v_uses := v_uses || v_use;
                v_use_fen := v_use_fen || 0::bigint;
                v_position := cardinality(v_uses);
            END IF;
            v_use_fen[v_position] := v_use_fen[v_position] + gongji.medical_payable_fen(v_item.items -> k);
            v_payable := v_payable + gongji.medical_payable_fen(v_item.items -> k);
            IF NOT gongji.institution_serves(v_place, v_use, v_today) AND 'INSTITUTION_NOT_DESIGNATED' <> ALL (v_codes) THEN
                v_codes := v_codes || 'INSTITUTION_NOT_DESIGNATED'::text;
                v_extras := v_extras || jsonb_build_object('INSTITUTION_NOT_DESIGNATED', jsonb_build_object('use', v_use));
            END IF;
        END LOOP;

        -- A vaccine outside the immunisation programme has a national code (S1-38).
        FOR k IN 0 .. jsonb_array_length(v_item.items) - 1 LOOP
            IF v_item.items -> k ->> 'use' = 'vaccine' AND v_item.items -> k ->> 'item_code' IS NULL THEN
                v_codes := v_codes || 'ITEM_CODE_REQUIRED'::text;
                EXIT;
            END IF;
        END LOOP;

        -- Accounts pay the in-scope personal part to the fen and nothing else (S1-03, S1-46).
        IF v_item.expected_fen <> v_payable THEN
            v_code := CASE WHEN v_item.expected_fen > v_payable THEN 'EXCEEDS_PERSONAL_BURDEN' ELSE 'AMOUNT_NOT_ADJUSTABLE' END;
            v_codes := v_codes || v_code;
            v_extras := v_extras || jsonb_build_object(v_code, jsonb_build_object('payable_fen', v_payable));
        END IF;

        -- Use by use: what the patient's area opens for nobody is refused (S1-04, P-08).
        FOREACH v_use IN ARRAY v_uses LOOP
            IF NOT coalesce((v_area.rules).uses -> v_use ?| ARRAY['self', 'relative'], false) THEN
                v_codes := v_codes || 'USE_NOT_PERMITTED'::text;
                v_extras := v_extras || jsonb_build_object('USE_NOT_PERMITTED', jsonb_build_object('use', v_use));
                EXIT;
            END IF;
        END LOOP;
        FOREACH v_use IN ARRAY v_uses LOOP
            IF (v_area.rules).insured_status_allowed IS NOT NULL
               AND NOT coalesce(coalesce((v_area.rules).insured_status_allowed -> v_use, (v_area.rules).insured_status_allowed -> '*') ? v_patient.status, false) THEN
                v_codes := v_codes || 'BENEFICIARY_STATUS_ABNORMAL'::text;
                EXIT;
            END IF;
        END LOOP;
        IF (v_patient.account).frozen THEN
            v_codes := v_codes || 'ACCOUNT_FROZEN'::text;
        END IF;
        IF cardinality(v_codes) > 0 THEN
            v_decisions := v_decisions || (v_codes[1], v_codes, nullif(v_extras, '{}'))::gongji.premium_decision;
            CONTINUE;
        END IF;

        -- Charge. Uses that only the patient may pay come first, so that relatives' money is not left lying beside unpaid care.
        v_payment := NULL;
        v_payment.id := v_item.payment_id;
        v_payment.insured := v_item.patient;
        v_payment.payer := v_item.patient;
        v_payment.status := 'succeeded';
        v_payment.use := CASE WHEN cardinality(v_uses) = 1 THEN v_uses[1] ELSE 'several' END;
        v_payment.payable_fen := v_payable;
        v_payment.own_fen := 0;
        v_payment.aid_fen := 0;
        v_payment.cash_fen := 0;
        v_payment.legs := '[]';
        v_payment.policy_version := v_area.version;
        v_payment.receipt_no := gongji.receipt_no(v_patient.area, v_today);
        v_payment.channel := v_item.channel;
        v_payment.area := v_patient.area;
        v_payment.created_at := p_now;
        v_givers := '{}';
        v_capped := v_sources;
        FOREACH v_use_taken IN ARRAY ARRAY[false, true] LOOP
            FOR u IN 1 .. cardinality(v_uses) LOOP
                v_use := v_uses[u];
                CONTINUE WHEN v_use_fen[u] = 0 OR (v_area.rules).uses -> v_use ? 'relative' <> v_use_taken;
                v_patient := v_parties[array_position(v_party_ids, v_item.patient)];
                v_split := gongji.premium_split(v_use, 'personal_burden', v_use_fen[u], v_patient, v_area, NULL, v_order, v_capped, v_parties, v_party_ids,
                                                v_areas, v_area_codes, v_links, v_givers);
                FOR k IN 0 .. jsonb_array_length(v_split.legs) - 1 LOOP
                    v_payment.legs := v_payment.legs || jsonb_build_array(v_split.legs -> k || jsonb_build_object('use', v_use));
                END LOOP;
                v_payment.own_fen := v_payment.own_fen + v_split.own_fen;
                v_payment.aid_fen := v_payment.aid_fen + v_split.aid_fen;
                v_payment.cash_fen := v_payment.cash_fen + v_split.shortfall_fen;
                FOREACH v_draw IN ARRAY v_split.draws LOOP
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
                    v_account := gongji.account_drawn(v_account, v_draw.bucket::gongji.ledger_bucket, v_draw.amount_fen);
                    v_entries := v_entries || (
                        v_draw.person, nextval('gongji.ledger_entry_id'), 'personal', 'medical', v_draw.bucket,
                        v_account.current_year - CASE v_draw.bucket WHEN 'current_year' THEN 0 ELSE 1 END, v_item.payment_id, -v_draw.amount_fen,
                        v_account.current_fen + v_account.prior_fen, v_account.version, p_now, v_today, v_item.payment_id, v_draw.binding_id, v_item.patient, v_use,
                        CASE WHEN v_draw.binding_id IS NULL THEN 'self' ELSE 'relative' END, v_grantor.area, v_patient.area, v_grantor_area.version,
                        v_area.version)::gongji.ledger_entry;
                    v_grantor.account := v_account;
                    IF v_draw.binding_id IS NOT NULL THEN
                        v_grantor.given_today_fen := v_grantor.given_today_fen + v_draw.amount_fen;
                        v_grantor.given_year_fen := v_grantor.given_year_fen + v_draw.amount_fen;
                    END IF;
                    v_parties[v_position] := v_grantor;
                    v_accounts := v_accounts || v_account;
                    -- The grantor's own limit is for the payment, whatever its uses.
                    FOREACH v_position IN ARRAY v_order LOOP
                        v_source := v_capped[v_position];
                        IF v_source.binding_id = v_draw.binding_id THEN
                            v_source.per_payment_cap_fen := v_source.per_payment_cap_fen - v_draw.amount_fen;
                            v_capped[v_position] := v_source;
                        END IF;
                    END LOOP;
                    IF v_draw.binding_id IS NOT NULL AND v_draw.person <> ALL (v_givers) THEN
                        v_givers := v_givers || v_draw.person;
                    END IF;
                END LOOP;
                v_taken := v_split.own_fen + v_split.aid_fen;
                IF v_taken > 0 THEN
                    v_entries := v_entries || (
                        v_item.patient, nextval('gongji.ledger_entry_id'), 'medical_clearing', 'medical', NULL, v_year, v_item.payment_id, v_taken, NULL, NULL,
                        p_now, v_today, v_item.payment_id, NULL, v_item.patient, v_use, NULL, NULL, v_patient.area, NULL, v_area.version)::gongji.ledger_entry;
                END IF;
            END LOOP;
        END LOOP;
        v_settlement := (v_item.payment_id, v_item.patient, v_item.institution, v_item.settlement_no, v_item.credential_kind,
                         nullif(v_item.presented_by, v_item.patient_no), v_item.items, NULL, NULL)::gongji.medical_settlement;
        v_payments := v_payments || v_payment;
        v_settlements := v_settlements || v_settlement;
        v_paid_keys := v_paid_keys || v_item.settlement_key;
        v_paid := v_paid || v_item.payment_id;
        v_decisions := v_decisions || ('CREATED', NULL, gongji.medical_body(v_payment, v_settlement, v_patient.person_no))::gongji.premium_decision;
    END LOOP;
    RETURN (v_decisions, v_payments, v_settlements, v_accounts, v_entries, v_incidents)::gongji.medical_plan;
END
$$;
COMMENT ON FUNCTION gongji.medical_plan(gongji.medical_item[], timestamptz, bigint[], bigint[]) IS
    'Decides a batch of settlements: an answer per item, in order, and the rows to write. Each use of a settlement is paid by the sources it is open for; what they lack is cash_fen, paid at the place. Locks and refusals as in premium_plan';
