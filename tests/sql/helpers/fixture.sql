-- Small builders for pgTAP tests, installed once per test database: people, money, bindings, policies without the HTTP side.
CREATE SCHEMA IF NOT EXISTS fixture;

INSERT INTO gongji.pooling_area (code, name, level, province_code, pooling)
VALUES ('000000', '全国', 'nation', '000000', false),
       ('340000', '安徽省', 'province', '340000', false),
       ('340100', '合肥市', 'prefecture', '340000', true),
       ('340500', '马鞍山市', 'prefecture', '340000', true),
       ('350000', '福建省', 'province', '350000', false),
       ('350100', '福州市', 'prefecture', '350000', true),
       ('320000', '江苏省', 'province', '320000', false),
       ('320100', '南京市', 'prefecture', '320000', true)
ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION fixture.ctx(p_sub text, p_kind text DEFAULT 'citizen', p_more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$
    SELECT jsonb_build_object('issuer', 'dev', 'sub', p_sub, 'kind', p_kind, 'channel', 'web_hall', 'areas', jsonb_build_array('*'),
                              'scope', CASE p_kind WHEN 'citizen' THEN 'family' ELSE 'registry' END, 'request_id', 'test', 'reason', 'test') || p_more
$$;

CREATE OR REPLACE FUNCTION fixture.person(p_no text, p_area text DEFAULT '340500', p_scheme text DEFAULT 'employee', p_status text DEFAULT 'normal',
                                          p_class text DEFAULT 'general', p_birth date DEFAULT '1985-03-12') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := nextval('gongji.person_id');
BEGIN
    INSERT INTO gongji.person (id, person_no, name_sealed, id_number_sealed, name_mask, id_number_mask, name_digest, birth_date, area, scheme, status, person_class,
                               created_at, updated_at)
    VALUES (v_id, p_no, 'sealed', 'sealed', '张*', '340*************1X', 'name:' || p_no, p_birth, p_area, p_scheme, p_status, p_class, gongji.now_cn(), gongji.now_cn());
    INSERT INTO gongji.person_no_key (person_no, person) VALUES (p_no, v_id);
    INSERT INTO gongji.person_identity (blind_index, index_key_id, match_digest, person) VALUES ('id:' || p_no, 'k1', 'match:' || p_no, v_id);
    INSERT INTO gongji.account (person, current_year) VALUES (v_id, extract(year FROM gongji.date_cn(gongji.now_cn())));
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION fixture.person IS 'A registered person whose ID number has blind index id:<no> and, with the right name, match digest match:<no>';

CREATE OR REPLACE FUNCTION fixture.money(p_person bigint, p_bucket gongji.ledger_bucket, p_fen bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_account gongji.account;
    v_movement uuid := gen_random_uuid();
BEGIN
    UPDATE gongji.account
       SET current_fen = current_fen + CASE p_bucket WHEN 'current_year' THEN p_fen ELSE 0 END,
           prior_fen = prior_fen + CASE p_bucket WHEN 'prior_year' THEN p_fen ELSE 0 END,
           version = version + 1
     WHERE person = p_person
    RETURNING * INTO STRICT v_account;
    INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on)
    VALUES (p_person, 'personal', 'contribution', p_bucket, v_account.current_year - CASE p_bucket WHEN 'prior_year' THEN 1 ELSE 0 END, v_movement, p_fen,
            v_account.current_fen + v_account.prior_fen, v_account.version, gongji.now_cn(), gongji.date_cn(gongji.now_cn())),
           (p_person, 'contribution_clearing', 'contribution', NULL, v_account.current_year, v_movement, -p_fen, NULL, NULL, gongji.now_cn(), gongji.date_cn(gongji.now_cn()));
    INSERT INTO gongji.contribution (person, reference, movement_id, amount_fen, year, result)
    VALUES (p_person, v_movement::text, v_movement, p_fen, v_account.current_year, '{}');
END
$$;

CREATE OR REPLACE FUNCTION fixture.bind(p_grantor bigint, p_beneficiary bigint, p_relation text DEFAULT 'child', p_priority integer DEFAULT 1,
                                        p_status text DEFAULT 'active') RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := gen_random_uuid();
    v_now timestamptz := gongji.now_cn();
BEGIN
    INSERT INTO gongji.binding (id, beneficiary, grantor, relation, status, priority, notice_version, created_at, effective_at, issuer, channel, applied_by, policy_version)
    VALUES (v_id, p_beneficiary, p_grantor, p_relation, p_status, p_priority, 'test', v_now, v_now, 'dev', 'web_hall', 'test', 0);
    INSERT INTO gongji.binding_by_grantor (grantor, id, beneficiary) VALUES (p_grantor, v_id, p_beneficiary);
    INSERT INTO gongji.binding_event (beneficiary, binding_id, n, at, event, status, by) VALUES (p_beneficiary, v_id, 1, v_now, 'created', p_status, 'test');
    RETURN v_id;
END
$$;

-- The rules of an area in force on every day, stated in full; p_changes are laid over a permissive base.
CREATE OR REPLACE FUNCTION fixture.policy(p_area text, p_changes jsonb DEFAULT '{}', p_valid_from date DEFAULT '2000-01-01') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint := nextval('gongji.policy_version');
BEGIN
    INSERT INTO gongji.policy_effective (area, valid_from, version, rules, origins)
    VALUES (p_area, p_valid_from, v_version, jsonb_populate_record(NULL::gongji.policy_rules, '{
        "shareable_buckets": ["prior_year"], "retained_minimum_fen": 0, "relations": ["spouse", "parent", "child"], "relation_limits": {}, "max_members": null,
        "grantor_status_required": ["normal"], "review_mode": "manual", "review_sla_workdays": 3, "evidence_required": {}, "notice_version": "test", "notice_text": "告知",
        "min_bound_days": 0, "release_effective": "immediate", "per_payment_cap_editable": false,
        "uses": {"resident_premium": ["self", "relative"]},
        "insured_status_allowed": {"resident_premium": ["normal", "paused", "terminated", "not_insured"], "*": ["normal"]},
        "grantor_order_editable": true, "other_grantors": "drawn", "own_bucket_order": ["current_year", "prior_year"],
        "waiting": {"fixed_months": 3, "months_per_gap_year": 1, "free_gap_years": 0, "epoch_year": 2025, "repair_months_per_year": 1, "floor_gap_years": 4,
                    "floor_months": 6, "exempt_classes": ["newborn"]},
        "newborn_days": 90, "newborn_late": "general", "cash_hold_minutes": 30, "refund_until": "benefit_start",
        "channels": {"bind": null, "pay": null, "read": null}, "cross_area": true, "cross_province": true}'::jsonb || p_changes), '{}');
    RETURN v_version;
END
$$;

CREATE OR REPLACE FUNCTION fixture.standard(p_area text, p_year integer, p_fen bigint, p_windows jsonb, p_subsidies jsonb DEFAULT '[]') RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.premium_standard (area, benefit_year, product, amount_fen, benefit_from, benefit_to, windows, subsidies, source, created_at, created_by)
    VALUES (p_area, p_year, 'resident_basic', p_fen, make_date(p_year, 1, 1), make_date(p_year, 12, 31), p_windows, p_subsidies, '{"confidence": "demo"}', gongji.now_cn(), 'test')
$$;

-- Moves this session's business clock to an instant; it runs on from there.
CREATE OR REPLACE FUNCTION fixture.clock(p_at timestamptz) RETURNS void
LANGUAGE sql AS $$
    SELECT set_config('gongji.clock_offset_us', round(extract(epoch FROM p_at - clock_timestamp()) * 1000000)::bigint::text, false)
$$;

-- A premium already paid: p_own_fen of the insured's current-year money, then p_aid [{binding_id, bucket, amount_fen}] of grantors'.
CREATE OR REPLACE FUNCTION fixture.payment(p_insured bigint, p_payer bigint, p_year integer, p_own_fen bigint, p_aid jsonb DEFAULT '[]') RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := gen_random_uuid();
    v_now timestamptz := gongji.now_cn();
    v_leg jsonb;
    v_legs jsonb := '[]';
    v_binding uuid;
    v_fen bigint;
    v_aid_fen bigint := 0;
    v_account gongji.account;
    v_entries gongji.ledger_entry[] := '{}';
BEGIN
    IF p_own_fen > 0 THEN
        v_legs := jsonb_build_array(jsonb_build_object('source', 'own', 'bucket', 'current_year', 'amount_fen', p_own_fen));
    END IF;
    SELECT v_legs || coalesce(jsonb_agg('{"source": "aid"}'::jsonb || a), '[]') INTO v_legs FROM jsonb_array_elements(p_aid) a;
    FOR v_leg IN SELECT * FROM jsonb_array_elements(v_legs) LOOP
        v_fen := (v_leg ->> 'amount_fen')::bigint;
        v_binding := substr(v_leg ->> 'binding_id', 5)::uuid;
        UPDATE gongji.account
           SET current_fen = current_fen - CASE v_leg ->> 'bucket' WHEN 'current_year' THEN v_fen ELSE 0 END,
               prior_fen = prior_fen - CASE v_leg ->> 'bucket' WHEN 'prior_year' THEN v_fen ELSE 0 END,
               version = version + 1
         WHERE person = coalesce((SELECT b.grantor FROM gongji.binding b WHERE b.id = v_binding), p_insured)
        RETURNING * INTO STRICT v_account;
        v_aid_fen := v_aid_fen + CASE WHEN v_binding IS NULL THEN 0 ELSE v_fen END;
        v_entries := v_entries || (v_account.person, nextval('gongji.ledger_entry_id'), 'personal', 'premium', v_leg ->> 'bucket', v_account.current_year, v_id, -v_fen,
                                   v_account.current_fen + v_account.prior_fen, v_account.version, v_now, gongji.date_cn(v_now), v_id, v_binding, p_insured,
                                   'resident_premium', CASE WHEN v_binding IS NULL THEN 'self' ELSE 'relative' END, NULL, NULL, NULL, NULL)::gongji.ledger_entry;
    END LOOP;
    INSERT INTO gongji.ledger_entry
    SELECT * FROM unnest(v_entries || (p_insured, nextval('gongji.ledger_entry_id'), 'premium_fund', 'premium', NULL, p_year, v_id, p_own_fen + v_aid_fen, NULL, NULL, v_now,
                                       gongji.date_cn(v_now), v_id, NULL, p_insured, 'resident_premium', NULL, NULL, NULL, NULL, NULL)::gongji.ledger_entry);
    INSERT INTO gongji.payment (id, insured, payer, status, use, benefit_year, product, payable_fen, own_fen, aid_fen, cash_fen, legs, coverage, policy_version,
                                standard_version, receipt_no, channel, created_at)
    VALUES (v_id, p_insured, p_payer, 'succeeded', 'resident_premium', p_year, 'resident_basic', p_own_fen + v_aid_fen, p_own_fen, v_aid_fen, 0, v_legs, '{}', 0, 0,
            'R' || v_id, 'web_hall', v_now);
    RETURN v_id;
END
$$;

-- One payment or quote as a batch of one. The idempotency key is derived from p_key; the request text is what a second request must repeat.
CREATE OR REPLACE FUNCTION fixture.pay(p_sub text, p_insured text, p_year integer, p_key text DEFAULT NULL, p_more jsonb DEFAULT '{}') RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT o
      FROM api.premium_pay(
               ARRAY[fixture.ctx(p_sub, 'citizen', coalesce(p_more -> 'ctx', '{}'))
                     || jsonb_build_object('key', md5(p_sub || coalesce(p_key, gen_random_uuid()::text))::uuid, 'request', concat_ws(' ', p_insured, p_year, p_more))],
               ARRAY[gen_random_uuid()], ARRAY[(p_more ->> 'quote')::uuid], ARRAY[gen_random_uuid()], ARRAY[p_insured], ARRAY[p_year],
               ARRAY[coalesce(p_more ->> 'product', 'resident_basic')], ARRAY[(p_more ->> 'expected_fen')::bigint],
               ARRAY[p_more ? 'amount_fen'], ARRAY[p_more ->> 'name_digests'], ARRAY[p_more ->> 'client_reference'],
               ARRAY[p_more ->> 'cash_channel'], ARRAY[p_more ->> 'repair_years'], true) o
$$;

CREATE OR REPLACE FUNCTION fixture.quote(p_sub text, p_insured text, p_year integer, p_ctx jsonb DEFAULT '{}', p_repair_years text DEFAULT NULL) RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT o
      FROM api.quote_create(ARRAY[fixture.ctx(p_sub, 'citizen', p_ctx)], ARRAY[gen_random_uuid()], ARRAY[p_insured], ARRAY[p_year], ARRAY['resident_basic'],
                            ARRAY[false], ARRAY[p_repair_years], false) o
$$;

-- The split of an answer in short: {"own:current_year:100", "aid:prior_year:300", "cash:100"}, in yuan.
CREATE OR REPLACE FUNCTION fixture.split(p_body jsonb) RETURNS text[]
LANGUAGE sql AS $$
    SELECT coalesce(array_agg(concat_ws(':', l.leg ->> 'source', l.leg ->> 'bucket', round((l.leg ->> 'amount_fen')::numeric / 100, 2)) ORDER BY l.n), '{}')
      FROM jsonb_array_elements(p_body -> 'legs') WITH ORDINALITY AS l (leg, n)
$$;

CREATE OR REPLACE FUNCTION fixture.place(p_code text, p_kind text, p_from date DEFAULT '2020-01-01', p_to date DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.institution (code, name, kind, area, designated_from, designated_to, updated_at)
    VALUES (p_code, '某医院', p_kind, '340500', p_from, p_to, gongji.now_cn())
$$;

-- One settlement as a batch of one; the patient's own credential unless p_more says another.
CREATE OR REPLACE FUNCTION fixture.settle(p_place text, p_patient text, p_no text, p_items jsonb[], p_more jsonb DEFAULT '{}', p_key text DEFAULT NULL) RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT o
      FROM api.medical_settle(
               ARRAY[fixture.ctx(p_place, 'institution')
                     || jsonb_build_object('key', md5(p_place || coalesce(p_key, gen_random_uuid()::text))::uuid, 'request', concat_ws(' ', p_patient, p_no, p_items, p_more))],
               ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], ARRAY[p_patient], ARRAY[CASE WHEN p_more ? 'credential' THEN p_more ->> 'credential' ELSE p_patient END],
               ARRAY['ecode'], ARRAY[p_more ->> 'presented_by'], ARRAY[p_no], ARRAY[(p_more ->> 'expected_fen')::bigint], ARRAY[to_jsonb(p_items)], true) o
$$;
