-- Whose money pays a resident premium: the rules of quotes and payments, and the worked examples.
BEGIN;
SELECT no_plan();

SELECT fixture.clock('2026-11-21 10:00+08');
SELECT fixture.policy('340500');
SELECT fixture.policy('340100');
SELECT fixture.policy('350100', '{"retained_minimum_fen": 200000}');
SELECT fixture.policy('320100');
SELECT fixture.standard(a, 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]') FROM unnest(ARRAY['340500', '340100', '350100', '320100']) a;
SELECT fixture.standard('340500', 2026, 38000, '[{"from": "2025-09-01", "to": "2025-12-31"}]');
SELECT fixture.standard('340500', 2028, 42000, '[{"from": "2027-09-01", "to": "2027-12-31"}]');

CREATE FUNCTION pg_temp.family(p_tag text, p_area text, p_floor_fen bigint, p_child_own bigint DEFAULT 0, p_child_area text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_grantor bigint := fixture.person(p_tag || '-father', p_area);
    v_child bigint := fixture.person(p_tag || '-child', coalesce(p_child_area, p_area), 'resident', 'normal', 'general', '2019-04-01');
BEGIN
    IF p_floor_fen > 0 THEN PERFORM fixture.money(v_grantor, 'prior_year', p_floor_fen); END IF;
    IF p_child_own > 0 THEN PERFORM fixture.money(v_child, 'current_year', p_child_own); END IF;
    RETURN fixture.bind(v_grantor, v_child);
END
$$;
CREATE FUNCTION pg_temp.balance(p_no text) RETURNS bigint
LANGUAGE sql AS $$ SELECT current_fen + prior_fen FROM gongji.account WHERE person = gongji.person_of(p_no) $$;

-- E1: floor 2000.00, father 2380.00, premium 400.00 -> father 380.00, cash 20.00
SELECT pg_temp.family('e1', '350100', 238000);
SELECT is(fixture.split((fixture.quote('e1-father', 'e1-child', 2027)).result), '{aid:prior_year:380.00,cash:20.00}', 'E1 the quote splits into 380.00 of the father and 20.00 cash');
SELECT is((fixture.pay('e1-father', 'e1-child', 2027)).code, 'SHORTFALL_CASH_REQUIRED', 'E1 S0-39 without cash the payment is refused');
SELECT is((fixture.pay('e1-father', 'e1-child', 2027)).result -> 'SHORTFALL_CASH_REQUIRED' ->> 'shortfall_fen', '2000', 'E1 S0-40 the shortfall is said to the fen');
SELECT is(pg_temp.balance('e1-father'), 238000::bigint, 'E1 a refused payment moves nothing');
SELECT is((fixture.quote('e1-father', 'e1-child', 2027)).result -> 'legs' -> 0 ->> 'rule', 'retained_minimum_fen', 'S1-24 the leg names the retained minimum as what limited it');

-- E2: two grantors in order, the calling one first
SELECT pg_temp.family('e2', '350100', 215000);
SELECT fixture.bind(fixture.person('e2-mother', '350100'), gongji.person_of('e2-child'), 'child', 2);
SELECT fixture.money(gongji.person_of('e2-mother'), 'prior_year', 260000);
SELECT is(fixture.split((fixture.quote(c, 'e2-child', 2027)).result), '{aid:prior_year:150.00,aid:prior_year:250.00}', 'E2 ' || c || ' calls: father 150.00, mother 250.00')
  FROM unnest(ARRAY['e2-father', 'e2-child']) c;
SELECT is(fixture.split((fixture.quote('e2-mother', 'e2-child', 2027)).result), '{aid:prior_year:400.00}', 'E2 the mother calls: she pays 400.00');
SELECT is((fixture.pay('e2-father', 'e2-child', 2027)).code, 'CREATED', 'E2 paid');
SELECT is(ARRAY[pg_temp.balance('e2-father'), pg_temp.balance('e2-mother')], '{200000,235000}', 'E2 the accounts gave exactly that');

-- E3: own account first
SELECT pg_temp.family('e3', '340500', 100000, 10000);
SELECT is(fixture.split((fixture.pay('e3-father', 'e3-child', 2027)).result), '{own:current_year:100.00,aid:prior_year:300.00}', 'E3 S1-25 own account first, then the grantor');
SELECT is(pg_temp.balance('e3-child'), 0::bigint, 'E3 no retained minimum on the own account');

-- E5: only earlier years'' money is shared
SELECT pg_temp.family('e5', '340500', 0);
SELECT fixture.money(gongji.person_of('e5-father'), 'current_year', 90000);
SELECT is(fixture.split((fixture.quote('e5-father', 'e5-child', 2027)).result), '{cash:400.00}', 'E5 S0-07 S1-19 only what is left of earlier years is shared, not this year''s money');
SELECT is((fixture.quote('e5-father', 'e5-child', 2027)).result -> 'skipped' -> 0 ->> 'why_not', 'PRIOR_YEAR_BALANCE_INSUFFICIENT', 'E5 S0-07 and the quote says why');
SELECT is((fixture.pay('e5-father', 'e5-child', 2027)).codes, '{SHORTFALL_CASH_REQUIRED,MUTUAL_AID_FUNDS_EMPTY}', 'E5 S1-12 nobody could give a fen');

SELECT fixture.policy('340200', '{"shareable_buckets": ["current_year"]}');
SELECT fixture.standard('340200', 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]');
SELECT pg_temp.family('cur', '340200', 70000);
SELECT fixture.money(gongji.person_of('cur-father'), 'current_year', 30000);
SELECT is(fixture.split((fixture.quote('cur-father', 'cur-child', 2027)).result), '{aid:current_year:300.00,cash:100.00}', 'S0-07 S1-48 whichever bucket the area shares, the other is not touched');

-- E6: at the floor, one fen above
SELECT pg_temp.family('e6a', '350100', 200000);
SELECT pg_temp.family('e6b', '350100', 200001);
SELECT is(fixture.split((fixture.quote('e6a-father', 'e6a-child', 2027)).result), '{cash:400.00}', 'E6 S1-24 exactly the floor gives nothing');
SELECT is((fixture.quote('e6a-father', 'e6a-child', 2027)).result -> 'skipped' -> 0 ->> 'why_not', 'RETAINED_MINIMUM', 'E6 and says RETAINED_MINIMUM');
SELECT is(fixture.split((fixture.quote('e6b-father', 'e6b-child', 2027)).result), '{aid:prior_year:0.01,cash:399.99}', 'E6 one fen above gives one fen');

-- E12: two payments against 500.00
SELECT pg_temp.family('e12', '340500', 50000);
SELECT fixture.bind(gongji.person_of('e12-father'), fixture.person('e12-second', '340500', 'resident', 'normal', 'general', '2020-01-01'));
SELECT is((fixture.pay('e12-father', 'e12-child', 2027)).code, 'CREATED', 'E12 one payment in full');
SELECT is((fixture.pay('e12-father', 'e12-second', 2027)).result -> 'SHORTFALL_CASH_REQUIRED' ->> 'shortfall_fen', '30000', 'E12 the other sees 100.00 and lacks 300.00');

-- F1: one key, one effect
SELECT pg_temp.family('e13', '340500', 100000);
CREATE TEMP TABLE e13 AS
SELECT v.n, o.* FROM (VALUES (1, 2027), (2, 2027), (3, 2026)) AS v (n, y) CROSS JOIN LATERAL fixture.pay('e13-father', 'e13-child', v.y, 'same') o;
SELECT is(array_agg(code ORDER BY n), '{CREATED,CREATED,IDEMPOTENCY_KEY_REUSED}', 'F1 same request: same answer; another request under the key: refused') FROM e13;
SELECT is(array_agg(replayed ORDER BY n), '{f,t,f}', 'F1 the second is a replay') FROM e13;
SELECT is((SELECT result FROM e13 WHERE n = 2), (SELECT result FROM e13 WHERE n = 1), 'F1 with the very same body');
SELECT is(pg_temp.balance('e13-father'), 60000::bigint, 'F1 charged once');

-- Who may pay
SELECT pg_temp.family('who', '340500', 100000);
SELECT fixture.person('stranger', '340500');
SELECT is((fixture.pay('stranger', 'who-child', 2027)).codes, '{BINDING_REQUIRED}', 'S0-03 S0-22 without a binding there is no payment');
SELECT is((fixture.pay('stranger', 'nobody', 2027)).codes, '{BINDING_REQUIRED}', 'S0-03 an unknown insured answers the same');
SELECT is((fixture.pay('nobody', 'who-child', 2027)).code, 'PERSON_NOT_FOUND', 'a caller who is not in the register');
SELECT fixture.bind(fixture.person('who-pending'), gongji.person_of('who-child'), 'child', 5, 'pending_review');
SELECT is((fixture.pay('who-pending', 'who-child', 2027)).codes, '{BINDING_NOT_ACTIVE}', 'S0-21 not usable before approval');
SELECT fixture.bind(fixture.person('who-gone'), gongji.person_of('who-child'), 'child', 5, 'released');
SELECT is((fixture.pay('who-gone', 'who-child', 2027)).codes, '{BINDING_NOT_ACTIVE}', 'F10 nor after release');
SELECT is(fixture.split((fixture.quote('who-child', 'who-child', 2027)).result), '{aid:prior_year:400.00}', 'S0-26 the insured finds the grantor''s account without naming it');

-- Status, freeze, areas: checked inside the payment
CREATE FUNCTION pg_temp.refused(p_tag text, p_change text, p_area text DEFAULT '340500', p_child_area text DEFAULT NULL) RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.family(p_tag, p_area, 100000, 0, p_child_area);
    EXECUTE replace(p_change, '$tag', p_tag);
    RETURN (fixture.pay(p_tag || '-father', p_tag || '-child', 2027)).codes;
END
$$;
SELECT is(pg_temp.refused('s10', 'UPDATE gongji.person SET status = ''paused'' WHERE person_no = ''$tag-father'''), '{GRANTOR_STATUS_ABNORMAL}', 'S0-10 S1-18 S1-44 a paused grantor is refused at payment');
SELECT is(pg_temp.refused('s18', 'UPDATE gongji.person SET status = ''deceased'' WHERE person_no = ''$tag-child'''), '{BENEFICIARY_STATUS_ABNORMAL}', 'S1-18 S1-44 so is a beneficiary whose status the area does not allow');
SELECT is(pg_temp.refused('fro', 'UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of(''$tag-father'')'), '{GRANTOR_FROZEN}', 'a frozen grantor is refused');
SELECT is(pg_temp.refused('frc', 'UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of(''$tag-child'')'), '{ACCOUNT_FROZEN}', 'a frozen insured is refused');
SELECT is(pg_temp.refused('s13', 'UPDATE gongji.person SET scheme = ''employee'' WHERE person_no = ''$tag-child'''), '{NOT_RESIDENT_SCHEME}', 'S0-13 the premium is for the resident scheme only');
SELECT is(pg_temp.refused('s14', '', '340500', '340100'), NULL, 'S0-14 another pooling area of the province is fine');
SELECT is(pg_temp.refused('s02', '', '340500', '320100'), '{CROSS_PROVINCE_NOT_ALLOWED}', 'S0-02 S0-15 another province is not');
INSERT INTO gongji.area_link (grantor_area, beneficiary_area, valid_from, uses, created_at, created_by)
VALUES ('340000', '320000', '2026-01-01', '{resident_premium}', gongji.now_cn(), 'test');
SELECT is(pg_temp.refused('s15', '', '340500', '320100'), NULL, 'S0-15 unless a dated link opens it for this use');
SELECT fixture.policy('340100', '{"cross_area": false}', '2026-01-01');
SELECT is(pg_temp.refused('s26', '', '340500', '340100'), '{AREA_NOT_ENABLED}', 'S1-26 both sides must have it on: the insured''s has not');
SELECT is(pg_temp.refused('s26b', '', '340100', '340500'), '{CROSS_AREA_NOT_ALLOWED}', 'S1-26 nor may the grantor''s be off');
SELECT is(pg_temp.refused('s31', 'UPDATE gongji.person SET status = ''paused'' WHERE person_no = ''$tag-father''; UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of(''$tag-father'')',
                          '340100', '340500'), '{GRANTOR_STATUS_ABNORMAL,GRANTOR_FROZEN,CROSS_AREA_NOT_ALLOWED}', 'S0-31 all failures at once, in their order');

-- Uses and channels are policy
SELECT fixture.policy('340100', '{"uses": {"resident_premium": ["self"]}, "channels": {"pay": ["wechat_mini"]}}', '2026-02-01');
SELECT is(pg_temp.refused('s06', '', '340100', '340100'), '{CHANNEL_NOT_ALLOWED,USE_NOT_PERMITTED}', 'S0-06 S1-23 S1-48 what an area does not open is refused');
SELECT fixture.policy('340100', '{"uses": {}}', '2026-02-02');
SELECT is(pg_temp.refused('s06b', '', '340100', '340100'), '{USE_NOT_PERMITTED}', 'S0-06 default deny');

-- Standard and window
SELECT pg_temp.family('win', '340500', 200000);
SELECT is((fixture.pay('win-father', 'win-child', 2030)).codes, '{PREMIUM_STANDARD_NOT_PUBLISHED}', 'S0-38 no standard, no payment');
SELECT is((fixture.pay('win-father', 'win-child', 2028)).codes, '{ENROLLMENT_WINDOW_NOT_OPEN}', 'S0-35 before the window');
SELECT is((fixture.quote('win-father', 'win-child', 2027)).result -> 'coverage',
          '{"starts_on": "2027-01-01", "ends_on": "2027-12-31", "waiting_months": 0, "missed_years": 0, "rule": "in_window"}'::jsonb, 'S0-36 in the window: the whole year, no wait');
SELECT is((fixture.quote('win-father', 'win-child', 2026)).result -> 'coverage',
          '{"starts_on": "2027-02-21", "ends_on": "2026-12-31", "waiting_months": 3, "missed_years": 0, "rule": "late"}'::jsonb, 'E7 S0-37 after it: three months, shown before paying');
SELECT is((fixture.quote('win-father', 'win-child', 2026)).result ->> 'payable_fen', '38000', 'S0-38 each year has its own standard');

-- Amounts are the rules'', people are re-checked
SELECT is((fixture.pay('win-father', 'win-child', 2027, NULL, '{"expected_fen": 39999}')).codes, '{AMOUNT_NOT_ADJUSTABLE}', 'S1-46 an expected amount is compared, never used');
SELECT is((fixture.pay('win-father', 'win-child', 2027, NULL, '{"amount_fen": 40000}')).codes, '{AMOUNT_NOT_ADJUSTABLE}', 'S1-46 no amount can be set, not even the right one');
SELECT is((fixture.pay('win-father', 'win-child', 2027, NULL, '{"name_digests": "{name:other}"}')).codes, '{INSURED_INFO_CHANGED}', 'S0-41 another name is another person');
SELECT substr((fixture.quote('win-father', 'win-child', 2027)).result ->> 'id', 5) AS win_quote \gset
UPDATE gongji.person SET identity_version = identity_version + 1 WHERE person_no = 'win-child';
SELECT is((fixture.pay('win-father', NULL, NULL, NULL, jsonb_build_object('quote', :'win_quote'))).codes, '{INSURED_INFO_CHANGED}', 'S0-41 name, number or area changed since the quote');
SELECT is((fixture.quote('win-father', 'win-child', 2027)).result -> 'insured', '{"person_id": "win-child", "name": "张*", "id_number": "340*************1X", "area": "340500"}'::jsonb,
          'S0-27 S0-41 the quote shows who it is for, masked');

-- Quotes are promises
SELECT substr((fixture.quote('win-father', 'win-child', 2027)).result ->> 'id', 5) AS win_quote \gset
SELECT is((fixture.pay('stranger', NULL, NULL, NULL, jsonb_build_object('quote', :'win_quote'))).code, 'QUOTE_NOT_FOUND', 'someone else''s quote is none');
SELECT fixture.money(gongji.person_of('win-child'), 'current_year', 5000);
CREATE TEMP TABLE stale AS SELECT * FROM fixture.pay('win-father', NULL, NULL, NULL, jsonb_build_object('quote', :'win_quote'));
SELECT is(codes, '{QUOTE_STALE}', 'S0-27 a quote is charged exactly as quoted or refused') FROM stale;
SELECT is(fixture.split(result -> 'QUOTE_STALE' -> 'quote'), '{own:current_year:50.00,aid:prior_year:350.00}', 'and a fresh quote comes with the refusal') FROM stale;
SELECT fixture.clock('2026-11-21 10:20+08');
SELECT is((fixture.pay('win-father', NULL, NULL, NULL, jsonb_build_object('quote', substr(result -> 'QUOTE_STALE' -> 'quote' ->> 'id', 5)))).codes, '{QUOTE_EXPIRED}', 'after 15 minutes a quote is over') FROM stale;
CREATE TEMP TABLE paid AS SELECT * FROM fixture.pay('win-father', NULL, NULL, NULL, jsonb_build_object('quote', substr((fixture.quote('win-father', 'win-child', 2027)).result ->> 'id', 5)));
SELECT is(code, 'CREATED', 'S0-29 a fresh quote is paid') FROM paid;
SELECT is(result ->> 'status', 'succeeded', 'S0-01 S0-29 in one step when no cash is needed') FROM paid;
SELECT ok(result ->> 'receipt_no' LIKE '34050020261121%', 'S0-29 with a receipt number') FROM paid;
SELECT is((fixture.pay('win-child', 'win-child', 2027)).codes, '{PREMIUM_ALREADY_PAID}', 'F2 one premium per insured, year and product');
SELECT is((fixture.pay('win-child', 'win-child', 2027)).result -> 'PREMIUM_ALREADY_PAID' ->> 'payment_id', result ->> 'id', 'and the caller who may read it is told which') FROM paid;
SELECT is((fixture.quote('win-father', 'win-child', 2027)).codes, '{PREMIUM_ALREADY_PAID}', 'a quote refuses as the payment would');

-- Ledger of that payment
SELECT is(sum(amount_fen), 0::numeric, 'the legs of the payment sum to zero') FROM gongji.ledger_entry WHERE payment_id = (SELECT substr(result ->> 'id', 5)::uuid FROM paid);
SELECT is(array_agg(use || ' ' || for_whom ORDER BY amount_fen), '{"resident_premium relative","resident_premium self"}', 'S0-06 each leg says for what and whom')
  FROM gongji.ledger_entry WHERE account = 'personal' AND payment_id = (SELECT substr(result ->> 'id', 5)::uuid FROM paid);
SELECT is(count(*), 0::bigint, 'S1-45 no account below zero') FROM gongji.account WHERE current_fen < 0 OR prior_fen < 0;

-- Grantor limits of a payment
SELECT fixture.policy('350100', '{"retained_minimum_fen": 100000, "max_grantors_per_payment": 1}', '2026-03-01');
SELECT pg_temp.family('one', '350100', 110000);
SELECT fixture.bind(fixture.person('one-mother', '350100'), gongji.person_of('one-child'), 'child', 2);
SELECT fixture.money(gongji.person_of('one-mother'), 'prior_year', 500000);
SELECT is(fixture.split((fixture.quote('one-child', 'one-child', 2027)).result), '{aid:prior_year:100.00,cash:300.00}', 'P-12 one settlement draws on one grantor where the area says so');
SELECT is((fixture.quote('one-child', 'one-child', 2027)).result -> 'skipped' -> 0 ->> 'why_not', 'GRANTOR_LIMIT_REACHED', 'P-12 and the second is named');

-- Subsidies
SELECT fixture.standard('340500', 2027, 40001, '[{"from": "2026-09-01", "to": "2026-12-31"}]',
                        '[{"person_class": "extreme_hardship", "mode": "full"}, {"person_class": "relapse_monitored", "mode": "rate", "rate_percent": 60}]');
SELECT pg_temp.family('sub', '340500', 100000);
UPDATE gongji.person SET person_class = 'relapse_monitored' WHERE person_no = 'sub-child';
SELECT is((fixture.quote('sub-father', 'sub-child', 2027)).result ->> 'subsidy_fen', '24000', 'P-25 a rate subsidy rounds down to the fen');
UPDATE gongji.person SET person_class = 'extreme_hardship' WHERE person_no = 'sub-child';
SELECT is((fixture.pay('sub-father', 'sub-child', 2027)).result -> 'legs', '[]'::jsonb, 'P-25 fully subsidised: paid with no legs');

-- Year rollover inside a payment
SELECT pg_temp.family('roll', '340500', 0);
SELECT fixture.money(gongji.person_of('roll-father'), 'current_year', 50000);
SELECT fixture.standard('340500', 2027, 40000, '[{"from": "2026-09-01", "to": "2027-01-31"}]');
SELECT is((fixture.pay('roll-father', 'roll-child', 2027)).code, 'SHORTFALL_CASH_REQUIRED', 'S0-07 this year''s money is not shared');
SELECT fixture.clock('2027-01-01 00:00:01+08');
SELECT is(fixture.split((fixture.pay('roll-father', 'roll-child', 2027)).result), '{aid:prior_year:400.00}', 'S0-07 F13 from New Year on it is last year''s money, and is');
SELECT is(array_agg(kind || ' ' || bucket || ' ' || amount_fen || ' ' || balance_after_fen ORDER BY account_version),
          '{"contribution current_year 50000 50000","rollover prior_year 50000 100000","rollover current_year -50000 50000","premium prior_year -40000 10000"}',
          'F13 moved exactly once, with its own entries') FROM gongji.ledger_entry WHERE account = 'personal' AND person = gongji.person_of('roll-father');

SELECT * FROM finish();
ROLLBACK;
