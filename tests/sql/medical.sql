-- Care and medicine paid out of accounts: whose money pays which use, what is refused, what is given back.
BEGIN;
SELECT no_plan();

SELECT fixture.clock('2026-11-21 10:00+08');
CREATE TEMP TABLE matrix AS SELECT '{"uses": {"outpatient": ["self", "relative"], "drug": ["self", "relative"], "vaccine": ["self", "relative"], "checkup": ["self"],
    "resident_premium": ["self", "relative"]}}'::jsonb AS uses;
SELECT fixture.policy('340500', uses) FROM matrix;
SELECT fixture.policy('350100', uses || '{"retained_minimum_fen": 200000, "max_grantors_per_payment": 1}') FROM matrix;
SELECT fixture.policy('320100', uses) FROM matrix;
SELECT fixture.standard('340500', 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]');
SELECT fixture.place('H1', 'hospital'), fixture.place('D1', 'pharmacy'), fixture.place('C1', 'checkup'), fixture.place('V1', 'vaccination');
SELECT fixture.place('H0', 'hospital', '2020-01-01', '2026-11-20');

CREATE FUNCTION pg_temp.family(p_tag text, p_area text DEFAULT '340500', p_own bigint DEFAULT 0, p_father bigint DEFAULT 0, p_mother bigint DEFAULT 0) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_patient bigint := fixture.person(p_tag || '-patient', p_area, 'resident', 'normal', 'general', '2019-04-01');
    v_father bigint := fixture.person(p_tag || '-father', p_area);
    v_mother bigint := fixture.person(p_tag || '-mother', p_area);
BEGIN
    IF p_own > 0 THEN PERFORM fixture.money(v_patient, 'current_year', p_own); END IF;
    IF p_father > 0 THEN PERFORM fixture.money(v_father, 'prior_year', p_father); END IF;
    IF p_mother > 0 THEN PERFORM fixture.money(v_mother, 'prior_year', p_mother); END IF;
    PERFORM fixture.bind(v_father, v_patient, 'child', 1);
    PERFORM fixture.bind(v_mother, v_patient, 'child', 2);
END
$$;
CREATE FUNCTION pg_temp.balance(p_no text) RETURNS bigint
LANGUAGE sql AS $$ SELECT current_fen + prior_fen FROM gongji.account WHERE person = gongji.person_of(p_no) $$;
CREATE FUNCTION pg_temp.item(p_use text, p_fen bigint, p_fund bigint DEFAULT 0, p_out bigint DEFAULT 0, p_code text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql AS $$ SELECT jsonb_strip_nulls(jsonb_build_object('use', p_use, 'amount_fen', p_fen, 'fund_paid_fen', p_fund, 'out_of_scope_fen', p_out, 'item_code', p_code)) $$;

-- Funding order: own, grantors by priority, then cash at the place
SELECT pg_temp.family('f', '340500', 1000, 3000, 5000);
CREATE TEMP TABLE f AS SELECT * FROM fixture.settle('H1', 'f-patient', '1', ARRAY[pg_temp.item('outpatient', 20000, 7000, 1000)]);
SELECT is(code, 'CREATED', 'S1-20 a hospital settles an outpatient''s own part') FROM f;
SELECT is(fixture.split(result), '{own:current_year:10.00,aid:prior_year:30.00,aid:prior_year:50.00,cash:30.00}', 'S1-25 own account, then grantors by priority, then cash') FROM f;
SELECT is(ARRAY[result -> 'payable_fen', result -> 'own_fen', result -> 'aid_fen', result -> 'cash_fen'], ARRAY['12000', '1000', '8000', '3000']::jsonb[],
          'S1-03 only the in-scope personal part is payable; own and aid stand apart (P-15)') FROM f;
SELECT is(result ->> 'status', 'succeeded', 'one transaction, nothing held') FROM f;
SELECT is(ARRAY[pg_temp.balance('f-patient'), pg_temp.balance('f-father'), pg_temp.balance('f-mother')], '{0,0,0}', 'the accounts gave exactly that');
SELECT is((SELECT sum(amount_fen) FROM gongji.ledger_entry WHERE account = 'medical_clearing'), 9000::numeric, 'the institution is owed what accounts gave, not the cash');
SELECT is(array_agg(DISTINCT use), '{outpatient}', 'entries name the use') FROM gongji.ledger_entry WHERE kind = 'medical';

-- Whose credential
SELECT pg_temp.family('c', '340500', 1000, 3000);
SELECT is((fixture.settle('H1', 'c-patient', 'c1', ARRAY[pg_temp.item('outpatient', 100)], '{"credential": "c-father"}')).codes, '{CREDENTIAL_NOT_PATIENT}',
          'S1-05 S1-47 another''s credential pays for nobody, and nothing else is told');
SELECT is((SELECT array_agg(concat_ws(' ', kind, institution, patient_no, credential_holder)) FROM gongji.incident), '{credential_of_another H1 c-patient c-father}',
          'S1-16 P-27 it is recorded as an incident');
SELECT is((fixture.settle('H1', 'nobody', 'c2', ARRAY[pg_temp.item('outpatient', 100)], '{"credential": "c-father"}')).codes, '{CREDENTIAL_NOT_PATIENT}', 'S1-16 an unknown patient answers the same');
SELECT is((fixture.settle('H1', 'nobody', 'c3', ARRAY[pg_temp.item('outpatient', 100)], '{"credential": "nobody"}')).codes, '{PERSON_NOT_FOUND}', 'a proof of a person nobody registered');
SELECT is((fixture.settle('H1', 'c-patient', 'c4', ARRAY[pg_temp.item('outpatient', 100)], '{"credential": null}')).codes, '{CREDENTIAL_INVALID}', 'S1-47 no proof, no payment');
SELECT is((fixture.settle('H1', 'c-patient', 'c5', ARRAY[pg_temp.item('outpatient', 100)], '{"presented_by": "c-father"}')).codes, '{CREDENTIAL_NOT_PATIENT}',
          'S1-15 a relative who shows the credential needs a link, a binding is none');
SELECT is((SELECT count(*) FROM gongji.incident WHERE kind = 'presenter_not_linked' AND presented_by = 'c-father'), 1::bigint, 'S1-16 that is an incident too');
INSERT INTO gongji.credential_link (id, member, holder, created_at) VALUES (gen_random_uuid(), gongji.person_of('c-patient'), gongji.person_of('c-father'), now());
SELECT is((fixture.settle('H1', 'c-patient', 'c5', ARRAY[pg_temp.item('outpatient', 100)], '{"presented_by": "c-father"}')).result ->> 'presented_by', 'c-father',
          'S1-15 over a link a relative may show it; the number of a refused settlement is free');
SELECT is(pg_temp.balance('c-father'), 3000::bigint, 'S0-43 who shows it pays nothing for that');

-- A link alone opens no money
SELECT fixture.person('l-holder', '340500'), fixture.person('l-member', '340500', 'resident', 'normal', 'general', '2019-04-01');
SELECT fixture.money(gongji.person_of('l-holder'), 'prior_year', 100000);
SELECT is((fixture.pay('l-holder', 'l-member', 2027)).codes, '{BINDING_REQUIRED}', 'S0-03 a stranger');
INSERT INTO gongji.credential_link (id, member, holder, created_at) VALUES (gen_random_uuid(), gongji.person_of('l-member'), gongji.person_of('l-holder'), now());
SELECT is((fixture.pay('l-holder', 'l-member', 2027)).codes, '{CREDENTIAL_LINK_HAS_NO_FUNDS}', 'S0-42 S0-43 showing a credential is not paying with one''s money');
SELECT is(fixture.split((fixture.settle('H1', 'l-member', 'l1', ARRAY[pg_temp.item('outpatient', 100)])).result), '{cash:1.00}', 'S0-43 nor at the hospital');

-- Refusals
SELECT pg_temp.family('r', '340500', 100000);
SELECT is((fixture.settle(p, 'r-patient', 'r1', ARRAY[pg_temp.item('outpatient', 100)])).codes, '{INSTITUTION_NOT_DESIGNATED}', 'S1-20 ' || w)
  FROM (VALUES ('X', 'a place nobody designated'), ('H0', 'a place whose days are over'), ('D1', 'S1-21 a pharmacy gives no care'), ('C1', 'S1-22 a check-up place gives no care')) v (p, w);
SELECT is((fixture.settle('D1', 'r-patient', 'r2', ARRAY[pg_temp.item('drug', 100)])).code, 'CREATED', 'S1-21 S1-37 a pharmacy sells drugs');
SELECT is((fixture.settle('C1', 'r-patient', 'r3', ARRAY[pg_temp.item('checkup', 100)])).code, 'CREATED', 'S1-22 a check-up');
SELECT is((fixture.settle('V1', 'r-patient', 'r4', ARRAY[pg_temp.item('vaccine', 100)])).codes, '{ITEM_CODE_REQUIRED}', 'S1-38 a vaccine has a national code');
SELECT is((fixture.settle('V1', 'r-patient', 'r4', ARRAY[pg_temp.item('vaccine', 100, 0, 0, 'XJ01')])).code, 'CREATED', 'S1-38 with the code it is paid');
SELECT is((fixture.settle('H1', 'r-patient', 'r5', ARRAY[pg_temp.item('inpatient', 100)])).result, '{"USE_NOT_PERMITTED": {"use": "inpatient"}}', 'S1-04 P-08 a use the area does not open is denied');
SELECT is((fixture.settle('H1', 'r-patient', 'r5', ARRAY[pg_temp.item('outpatient', 1000, 400, 100)], '{"expected_fen": 501}')).result,
          '{"EXCEEDS_PERSONAL_BURDEN": {"payable_fen": 500}}', 'S1-03 more than the patient bears');
SELECT is((fixture.settle('H1', 'r-patient', 'r5', ARRAY[pg_temp.item('outpatient', 1000, 400, 100)], '{"expected_fen": 499}')).codes, '{AMOUNT_NOT_ADJUSTABLE}', 'S1-46 nor can it be turned down');
SELECT is((fixture.settle('H1', 'r-patient', 'r5', ARRAY[pg_temp.item('vaccine', 900), pg_temp.item('inpatient', 100)], '{"expected_fen": 1001}')).codes,
          '{ITEM_CODE_REQUIRED,EXCEEDS_PERSONAL_BURDEN,USE_NOT_PERMITTED}', 'S0-31 all that applies, in order');
INSERT INTO gongji.settlement_suspension VALUES (gongji.person_of('r-patient'), '2026-09-01', '2026-11-21', 'x', now());
SELECT is((fixture.settle('H1', 'r-patient', 'r6', ARRAY[pg_temp.item('outpatient', 100)])).codes, '{SETTLEMENT_SUSPENDED}', 'S1-16 P-27 suspended, the last day included');
SELECT fixture.clock('2026-11-22 00:00+08');
SELECT is((fixture.settle('H1', 'r-patient', 'r6', ARRAY[pg_temp.item('outpatient', 100)])).code, 'CREATED', 'P-27 the day after it is over');
SELECT is((fixture.settle('H1', 'r-patient', 'r6', ARRAY[pg_temp.item('outpatient', 100)])).codes, '{SETTLEMENT_NO_REUSED}', 'a settlement is paid once');
SELECT fixture.place('H2', 'hospital');
SELECT is((fixture.settle('H2', 'r-patient', 'r6', ARRAY[pg_temp.item('outpatient', 100)])).code, 'CREATED', 'another place has numbers of its own');
UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of('r-patient');
SELECT is((fixture.settle('H1', 'r-patient', 'r7', ARRAY[pg_temp.item('outpatient', 100)])).codes, '{ACCOUNT_FROZEN}', 'a frozen account pays nothing');
UPDATE gongji.person SET status = 'paused' WHERE person_no = 'f-patient';
SELECT is((fixture.settle('H1', 'f-patient', '9', ARRAY[pg_temp.item('outpatient', 100)])).codes, '{BENEFICIARY_STATUS_ABNORMAL}', 'S1-18 S1-44 a paused patient');
SELECT is((SELECT count(*) FROM gongji.settlement_key WHERE payment_id IS NULL), 0::bigint, 'no number stays claimed without a payment');

-- Several uses in one settlement: each by the sources it is open for (S1-39: for whom is the area's)
SELECT pg_temp.family('u', '340500', 1000, 5000);
CREATE TEMP TABLE u AS SELECT * FROM fixture.settle('H1', 'u-patient', 'u1', ARRAY[pg_temp.item('outpatient', 2000), pg_temp.item('checkup', 1500), pg_temp.item('outpatient', 500)]);
SELECT is((SELECT array_agg(concat_ws(':', l ->> 'use', l ->> 'source', l ->> 'amount_fen')) FROM jsonb_array_elements(result -> 'legs') l),
          '{checkup:own:1000,checkup:cash:500,outpatient:aid:2500}', 'S1-02 relatives pay only what is open for relatives; own money goes first to what only it can pay') FROM u;
SELECT is(result ->> 'use', 'several', 'and the payment says so') FROM u;

-- A binding of the grade premium_only, where the area lets those settle whom the premium is yet to make insured
SELECT fixture.policy('340300', uses || '{"insured_status_allowed": {"*": ["normal", "not_insured"]}}') FROM matrix;
SELECT pg_temp.family('g', '340300', 100, 5000);
UPDATE gongji.person SET status = 'not_insured' WHERE person_no = 'g-patient';
SELECT is(fixture.split((fixture.settle('H1', 'g-patient', 'g1', ARRAY[pg_temp.item('outpatient', 300)])).result), '{own:current_year:1.00,cash:2.00}', 'P-11 good for the premium, not for care');
UPDATE gongji.person SET status = 'normal' WHERE person_no = 'g-patient';
SELECT is(fixture.split((fixture.settle('H1', 'g-patient', 'g2', ARRAY[pg_temp.item('outpatient', 300)])).result), '{aid:prior_year:3.00}', 'P-11 and for everything once insured');

-- Retained minimum, one grantor a payment, other provinces
SELECT pg_temp.family('m', '350100', 0, 200500, 300000);
SELECT is(fixture.split((fixture.settle('H1', 'm-patient', 'm1', ARRAY[pg_temp.item('outpatient', 600), pg_temp.item('drug', 300)])).result), '{aid:prior_year:5.00,cash:1.00,cash:3.00}',
          'S1-24 P-12 above the minimum only, and one grantor in a settlement though it has several uses');
SELECT fixture.person('x-father', '320100'), fixture.person('x-patient', '340500', 'resident');
SELECT fixture.money(gongji.person_of('x-father'), 'prior_year', 10000);
SELECT fixture.bind(gongji.person_of('x-father'), gongji.person_of('x-patient'));
SELECT is(fixture.split((fixture.settle('H1', 'x-patient', 'x1', ARRAY[pg_temp.item('outpatient', 100)])).result), '{cash:1.00}', 'S0-15 another province without a link');
INSERT INTO gongji.area_link (grantor_area, beneficiary_area, valid_from, uses, created_at, created_by) VALUES ('320100', '340500', '2026-01-01', '{drug}', now(), 'test');
SELECT is(fixture.split((fixture.settle('H1', 'x-patient', 'x2', ARRAY[pg_temp.item('outpatient', 100), pg_temp.item('drug', 100)])).result), '{cash:1.00,aid:prior_year:1.00}', 'S1-26 a link opens its uses only');

-- Limits on what a grantor gives: the grantor's own holds for the settlement, whatever its uses; the premium's is none of care's
SELECT fixture.policy('340100', uses || '{"per_payment_cap_editable": true, "premium_cap_fen": 100, "daily_cap_fen": 1500}') FROM matrix;
SELECT pg_temp.family('k', '340100', 0, 10000);
UPDATE gongji.binding SET per_payment_cap_fen = 900 WHERE beneficiary = gongji.person_of('k-patient');
SELECT is(fixture.split((fixture.settle('H1', 'k-patient', 'k1', ARRAY[pg_temp.item('outpatient', 600), pg_temp.item('drug', 600)])).result),
          '{aid:prior_year:6.00,aid:prior_year:3.00,cash:3.00}', 'P-12 the grantor''s limit for the member is for one settlement');
SELECT is(fixture.split((fixture.settle('H1', 'k-patient', 'k2', ARRAY[pg_temp.item('outpatient', 900)])).result), '{aid:prior_year:6.00,cash:3.00}', 'P-19 what was given today counts');

-- Idempotency
SELECT pg_temp.family('i', '340500', 1000);
CREATE TEMP TABLE i AS SELECT v.n, o.* FROM (VALUES (1, 'key'), (2, 'key')) v (n, key) CROSS JOIN LATERAL fixture.settle('H1', 'i-patient', 'i1', ARRAY[pg_temp.item('outpatient', 100)], '{}', v.key) o;
SELECT is(array_agg(replayed ORDER BY n), '{f,t}', 'the same again is a replay') FROM i;
SELECT is(pg_temp.balance('i-patient'), 900::bigint, 'charged once');

-- Reversal
SELECT pg_temp.family('v', '340500', 1000, 3000);
CREATE TEMP TABLE v AS SELECT (result ->> 'id') AS id FROM fixture.settle('H1', 'v-patient', 'v1', ARRAY[pg_temp.item('outpatient', 5000)]);
SELECT is((api.medical_reverse(fixture.ctx('H2', 'institution', jsonb_build_object('key', gen_random_uuid(), 'request', 'x')), substr(id, 5)::uuid, NULL)).code, 'PAYMENT_NOT_FOUND', 'another place''s payment is not there') FROM v;
UPDATE gongji.binding SET status = 'released' WHERE beneficiary = gongji.person_of('v-patient');
SELECT fixture.clock('2027-01-02 10:00+08');
CREATE TEMP TABLE w AS SELECT o.* FROM v CROSS JOIN LATERAL api.medical_reverse(fixture.ctx('H1', 'institution', jsonb_build_object('key', gen_random_uuid(), 'request', 'x')), substr(id, 5)::uuid, 'wrong') o;
SELECT is(result ->> 'status', 'refunded', 'F7 a settlement is taken back, after unbinding too') FROM w;
SELECT is((SELECT (current_fen, prior_fen)::text FROM gongji.account WHERE person = gongji.person_of('v-patient')), '(0,1000)', 'F7 F13 own money comes back into the bucket its year belongs to today');
SELECT is((SELECT (current_fen, prior_fen)::text FROM gongji.account WHERE person = gongji.person_of('v-father')), '(0,3000)', 'F7 P-29 the grantor''s comes back to the grantor');
SELECT is((api.medical_reverse(fixture.ctx('H1', 'institution', jsonb_build_object('key', gen_random_uuid(), 'request', 'x')), substr(id, 5)::uuid, NULL)).code, 'ALREADY_REFUNDED', 'never twice') FROM v;
SELECT is((fixture.settle('H1', 'v-patient', 'v1', ARRAY[pg_temp.item('outpatient', 100)])).codes, '{SETTLEMENT_NO_REUSED}', 'its number stays its own');

SELECT is((SELECT count(*) FROM gongji.ledger_entry r WHERE r.kind = 'medical_reversal' AND r.account = 'personal' AND r.grantor_area IS DISTINCT FROM
           (SELECT max(d.grantor_area) FROM gongji.ledger_entry d WHERE d.person = r.person AND d.payment_id = r.payment_id AND d.kind = 'medical')), 0::bigint,
          'S0-44 what came back counts for the area that gave it');

SELECT is((api.ledger_proof(fixture.ctx('op', 'staff'))).result -> 'checks', (SELECT jsonb_agg(c || '{"ok": true}') FROM jsonb_array_elements((api.ledger_proof(fixture.ctx('op', 'staff'))).result -> 'checks') c),
          'the books prove after all of it');
UPDATE gongji.medical_settlement SET reversed_at = NULL WHERE payment_id = (SELECT substr(id, 5)::uuid FROM v);
SELECT is((SELECT array_agg(DISTINCT rule) FROM gongji.ledger_breach), '{settlements_equal_entries}', 'and see a settlement that was touched');

SELECT * FROM finish();
ROLLBACK;
