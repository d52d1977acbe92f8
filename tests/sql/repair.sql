-- Missed years: how long they make one wait, and paying for them as well (P-01 to P-05, E9).
BEGIN;
SELECT no_plan();

SELECT fixture.clock('2026-11-21 10:00+08');
SELECT fixture.policy('340500');
SELECT fixture.standard('340500', y, 40000, jsonb_build_array(jsonb_build_object('from', make_date(y - 1, 9, 1), 'to', make_date(y - 1, 12, 31)))) FROM generate_series(2025, 2029) y;

-- A grantor with money and a resident who was enrolled last in p_last.
CREATE FUNCTION pg_temp.lapsed(p_tag text, p_last integer, p_class text DEFAULT 'general') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_child bigint := fixture.person(p_tag || '-child', '340500', 'resident', 'normal', p_class, '2010-04-01');
    v_grantor bigint := fixture.person(p_tag || '-father');
BEGIN
    PERFORM fixture.money(v_grantor, 'prior_year', 300000), fixture.bind(v_grantor, v_child);
    INSERT INTO gongji.enrollment VALUES (v_child, p_last, true, 'test', gongji.now_cn());
    RETURN v_child;
END
$$;
CREATE FUNCTION pg_temp.quote(p_tag text, p_repair text DEFAULT NULL, p_year integer DEFAULT 2027) RETURNS gongji.outcome
LANGUAGE sql AS $$ SELECT fixture.quote(p_tag || '-father', p_tag || '-child', p_year, '{}', p_repair) $$;
CREATE FUNCTION pg_temp.pay(p_tag text, p_more jsonb DEFAULT '{}', p_year integer DEFAULT 2027) RETURNS gongji.outcome
LANGUAGE sql AS $$ SELECT fixture.pay(p_tag || '-father', p_tag || '-child', p_year, NULL, p_more) $$;
CREATE FUNCTION pg_temp.months(p_outcome gongji.outcome) RETURNS integer
LANGUAGE sql AS $$ SELECT (p_outcome.result -> 'coverage' ->> 'waiting_months')::integer $$;

-- E9: two missed years, one repaired
SELECT pg_temp.lapsed('e9', 2024);
SELECT is(pg_temp.months(pg_temp.quote('e9')), 5, 'P-02 two missed years: 3 + 2 months');
SELECT is(pg_temp.months(pg_temp.quote('e9', '{2026}')), 4, 'E9 P-03 one of them repaired: 3 + 2 - 1 months');
SELECT is(pg_temp.months(pg_temp.quote('e9', '{2025,2026}')), 3, 'P-03 both repaired: the fixed months stay (P-01)');
SELECT is((pg_temp.quote('e9', '{2026}')).result -> 'coverage',
          '{"starts_on": "2027-05-01", "ends_on": "2027-12-31", "waiting_months": 4, "missed_years": 2, "repaired_years": 1, "rule": "gap_repaired"}'::jsonb, 'E9 the cover says how it came about');
CREATE TEMP TABLE e9 AS SELECT * FROM pg_temp.quote('e9', '{2026}');
SELECT is((result ->> 'payable_fen')::bigint, 80000::bigint, 'P-03 each repaired year adds one current standard') FROM e9;
SELECT is(result -> 'repair_years', '[2026]'::jsonb, 'the quote names the years') FROM e9;
SELECT is(result -> 'repair', '{"years": 1, "standard_fen": 40000, "amount_fen": 40000, "rule": "repair_years", "legal_basis": null}'::jsonb, 'and what of the amount is for them') FROM e9;
SELECT ok(NOT (pg_temp.quote('e9')).result ?| ARRAY['repair', 'repair_years'], 'a quote without repair has no such members');

-- The formula
CREATE FUNCTION pg_temp.wait(p_waiting jsonb, p_missed integer, p_repaired integer, p_class text DEFAULT 'general', p_late boolean DEFAULT false) RETURNS integer
LANGUAGE sql AS $$
    SELECT (gongji.premium_coverage(
               jsonb_populate_record(NULL::gongji.policy_rules, jsonb_build_object('waiting', '{"fixed_months": 3, "months_per_gap_year": 1, "free_gap_years": 0, "repair_months_per_year": 1}'::jsonb || p_waiting)),
               jsonb_populate_record(NULL::gongji.premium_standard, jsonb_build_object('benefit_year', 2040, 'benefit_from', '2040-01-01', 'benefit_to', '2040-12-31', 'windows',
                   jsonb_build_array(jsonb_build_object('from', '2039-09-01', 'to', CASE WHEN p_late THEN '2039-09-02' ELSE '2039-12-31' END)))),
               p_class, '2000-01-01', ARRAY[2039 - p_missed], '{}', p_repaired, '2039-11-01')).waiting_months
$$;
SELECT is(pg_temp.wait(w::jsonb, missed, repaired, class, late), months, format('%s: %s with %s missed, %s repaired, %s%s', rule, w, missed, repaired, class, CASE WHEN late THEN ', late' END))
  FROM (VALUES
    ('P-01 nothing missed, in the window', '{}', 0, 0, 'general', false, 0),
    ('P-01 E7 late', '{}', 0, 0, 'general', true, 3),
    ('P-01 late and missed: the fixed part once', '{}', 1, 0, 'general', true, 4),
    ('P-02 a month a year', '{}', 3, 0, 'general', false, 6),
    ('P-02 two months a year', '{"months_per_gap_year": 2}', 3, 0, 'general', false, 9),
    ('P-03 the variable part is never below 0', '{"repair_months_per_year": 5}', 2, 1, 'general', false, 3),
    ('P-03 nor with a free year', '{"free_gap_years": 1}', 1, 1, 'general', false, 3),
    ('P-03 no month is taken off where the area states none', '{"repair_months_per_year": 0}', 2, 2, 'general', false, 5),
    ('P-03 the floor from four missed years on', '{"floor_gap_years": 4, "floor_months": 6}', 4, 4, 'general', false, 6),
    ('P-03 not from three', '{"floor_gap_years": 4, "floor_months": 6}', 3, 3, 'general', false, 3),
    ('P-03 the floor adds nothing to more', '{"floor_gap_years": 4, "floor_months": 6}', 5, 1, 'general', false, 7),
    ('P-04 the free year spares the variable part only', '{"free_gap_years": 1}', 1, 0, 'general', false, 3),
    ('P-04 the second year counts', '{"free_gap_years": 1}', 2, 0, 'general', false, 4),
    ('P-04 years before the epoch do not count', '{"epoch_year": 2038}', 9, 0, 'general', false, 5),
    ('P-01 special groups are exempt', '{"exempt_classes": ["newborn", "extreme_hardship"], "floor_gap_years": 4, "floor_months": 6}', 6, 0, 'extreme_hardship', true, 0))
       AS v (rule, w, missed, repaired, class, late, months);

-- Which years
SELECT is((pg_temp.quote('e9', repair)).codes, codes, 'P-03 ' || repair) FROM (VALUES
    ('{2024}', '{REPAIR_YEAR_INVALID}'::text[]), ('{2027}', '{REPAIR_YEAR_INVALID}'), ('{2028}', '{REPAIR_YEAR_INVALID}'), ('{2026,2026}', '{REPAIR_YEAR_INVALID}'),
    ('{2025,2026,2024}', '{REPAIR_YEAR_INVALID}'), ('{2025}', NULL), ('{2026,2025}', NULL)) AS v (repair, codes);
SELECT pg_temp.lapsed('none', 2026);
SELECT is((pg_temp.quote('none', '{2026}')).codes, '{REPAIR_YEAR_INVALID}', 'P-03 nothing was missed, nothing can be repaired');
SELECT is((pg_temp.pay('e9', '{"repair_years": "{2020}", "expected_fen": 80000, "name_digests": "{name:other}"}')).codes, '{REPAIR_YEAR_INVALID,INSURED_INFO_CHANGED}',
          'P-03 in its place after the windows, with all that applies; there is no amount to compare');
SELECT is((pg_temp.pay('e9', '{"repair_years": "{2020}"}', 2029)).codes, '{ENROLLMENT_WINDOW_NOT_OPEN,REPAIR_YEAR_INVALID}', 'P-03 after ENROLLMENT_*');
SELECT is((pg_temp.pay('e9', '{"repair_years": "{2026}", "expected_fen": 40000}')).result -> 'AMOUNT_NOT_ADJUSTABLE' ->> 'payable_fen', '80000', 'S1-46 the amount with the repair is the one compared');

-- 400 is not stored, a 409 that names it beside another is
SELECT is((fixture.pay('e9-father', 'e9-child', 2027, 'k400', '{"repair_years": "{2020}"}')).code, 'REPAIR_YEAR_INVALID', 'a repair year that is none');
SELECT is((SELECT count(*) FROM gongji.idempotency_key WHERE key = md5('e9-fatherk400')::uuid), 0::bigint, 'a 400 leaves the key free');
SELECT fixture.pay('e9-father', 'e9-child', 2029, 'k409', '{"repair_years": "{2020}"}');
SELECT is((SELECT codes FROM gongji.idempotency_key WHERE key = md5('e9-fatherk409')::uuid), '{ENROLLMENT_WINDOW_NOT_OPEN,REPAIR_YEAR_INVALID}', 'a 409 that carries it is kept');

SELECT is(array_agg(code ORDER BY n), '{REPAIR_YEAR_INVALID,again}', 'a second item under such a key is to be called again')
  FROM api.premium_pay(ARRAY(SELECT fixture.ctx('e9-father') || jsonb_build_object('key', md5('free')::uuid, 'request', i) FROM generate_series(1, 2) i), ARRAY[gen_random_uuid(), gen_random_uuid()],
                       ARRAY[NULL, NULL]::uuid[], ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY['e9-child', 'e9-child'], ARRAY[2027, 2027], ARRAY['resident_basic', 'resident_basic'],
                       ARRAY[NULL, NULL]::bigint[], ARRAY[false, false], ARRAY[NULL, NULL]::text[], ARRAY[NULL, NULL]::text[], ARRAY[NULL, NULL]::text[], ARRAY['{2020}', NULL], true)
       WITH ORDINALITY AS o (code, codes, result, replayed, n);

-- Paying by quote; the years count as enrolled from then on, and no longer once the money is given back
CREATE TEMP TABLE paid AS SELECT * FROM pg_temp.pay('e9', jsonb_build_object('quote', (SELECT substr(result ->> 'id', 5) FROM e9)));
SELECT is(code, 'CREATED', 'a quote with repair is paid') FROM paid;
SELECT is(p.result - ARRAY['id', 'status', 'use', 'insured_id', 'cash_fen', 'created_at', 'receipt_no', 'quote_id'],
          q.result - ARRAY['id', 'expires_at', 'insured', 'standard_fen', 'subsidy_fen', 'shortfall_fen', 'skipped'], 'P-03 exactly as quoted, repair and all') FROM paid p, e9 q;
SELECT is((pg_temp.quote('e9', NULL, 2026)).codes, '{PREMIUM_ALREADY_PAID}', 'P-36 a year that was repaired is not paid for once more');
SELECT is((pg_temp.pay('e9', NULL, 2026)).result -> 'PREMIUM_ALREADY_PAID' ->> 'payment_id', result ->> 'id', 'and the payment is named') FROM paid;
SELECT fixture.clock('2027-11-21 10:00+08');
SELECT is((pg_temp.quote('e9', NULL, 2028)).result -> 'coverage' ->> 'missed_years', '0', 'P-05 the year after: neither the paid year nor the repaired one is missed');
SELECT is((gongji.refund_write(fixture.ctx('op', 'staff'), (SELECT y FROM gongji.payment y WHERE y.id = substr(paid.result ->> 'id', 5)::uuid), gen_random_uuid(), 'duplicate', NULL, gongji.now_cn())).status,
          'succeeded', 'given back') FROM paid;
SELECT is((pg_temp.quote('e9', NULL, 2028)).result -> 'coverage' ->> 'missed_years', '3', 'P-03 P-28 a refund undoes the paid and the repaired year: 2025 to 2027 are missed');
SELECT is((pg_temp.quote('e9', '{2027,2026,2025}', 2028)).code, 'CREATED', 'and can be repaired again');
SELECT fixture.clock('2026-11-21 10:00+08');

-- Cash: held, pending for every year it names, enrolled once captured
SELECT pg_temp.lapsed('cash', 2024);
UPDATE gongji.account SET prior_fen = 50000 WHERE person = gongji.person_of('cash-father');
CREATE TEMP TABLE waits AS SELECT * FROM pg_temp.pay('cash', '{"repair_years": "{2026}", "cash_channel": "counter"}');
SELECT is(fixture.split(result), '{aid:prior_year:500.00,cash:300.00}', 'P-03 cash fills what the repair lacks') FROM waits;
SELECT is((pg_temp.pay('cash', NULL, 2026)).codes, '{PREMIUM_PAYMENT_PENDING}', 'P-36 the repaired year is being paid, too');
CREATE TEMP TABLE late AS SELECT * FROM pg_temp.pay('cash', '{"cash_channel": "counter"}', 2025);
SELECT is((SELECT codes FROM late), '{ENROLLMENT_CLOSED}', 'an earlier year is over');
SELECT gongji.cash_settle(fixture.ctx('cash', 'staff'), replace(substr(result ->> 'id', 5), '-', ''), 'counter', 't1', 30000, gongji.now_cn()) FROM waits;
SELECT is((SELECT array_agg(h.benefit_year ORDER BY h.benefit_year) FROM gongji.enrollment_history(gongji.person_of('cash-child')) h WHERE h.enrolled), '{2024,2026,2027}', 'P-03 captured: paid and repaired year are enrolled');
SELECT is((pg_temp.quote('cash', NULL, 2026)).codes, '{PREMIUM_ALREADY_PAID}', 'and paid');

-- A year that is being paid cannot be repaired at the same time
SELECT pg_temp.lapsed('twice', 2024);
UPDATE gongji.account SET prior_fen = 0 WHERE person = gongji.person_of('twice-father');
SELECT is((pg_temp.pay('twice', '{"cash_channel": "counter"}', 2026)).code, 'CREATED', 'the missed year itself, late, waits for its cash');
SELECT is((pg_temp.quote('twice', '{2026}')).codes, '{REPAIR_YEAR_INVALID}', 'P-36 so it is not repaired beside it');
SELECT is((pg_temp.quote('twice', '{2025}')).code, 'CREATED', 'another missed year is');

-- Stale: the missed years are not what they were
SELECT pg_temp.lapsed('stale', 2024);
CREATE TEMP TABLE promise AS SELECT * FROM pg_temp.quote('stale', '{2026}');
INSERT INTO gongji.enrollment VALUES (gongji.person_of('stale-child'), 2025, true, 'test', gongji.now_cn());
CREATE TEMP TABLE refused AS SELECT * FROM pg_temp.pay('stale', jsonb_build_object('quote', (SELECT substr(result ->> 'id', 5) FROM promise)));
SELECT is(codes, '{QUOTE_STALE}', 'F15 another gap than quoted') FROM refused;
SELECT is(result -> 'QUOTE_STALE' -> 'quote' -> 'repair_years', '[2026]'::jsonb, 'F15 the fresh quote repairs the same years') FROM refused;
SELECT is((result -> 'QUOTE_STALE' -> 'quote' -> 'coverage' ->> 'waiting_months')::integer, 3, 'and counts anew') FROM refused;
INSERT INTO gongji.enrollment VALUES (gongji.person_of('stale-child'), 2026, true, 'test', gongji.now_cn());
SELECT is((pg_temp.pay('stale', jsonb_build_object('quote', substr(result -> 'QUOTE_STALE' -> 'quote' ->> 'id', 5)))).codes, '{REPAIR_YEAR_INVALID}', 'P-03 and when nothing is missed any more there is nothing to repair') FROM refused;

-- In a batch an earlier item counts for the later ones
SELECT pg_temp.lapsed('batch', 2023);
CREATE TEMP TABLE batch AS
SELECT o.*
  FROM api.premium_pay(ARRAY(SELECT fixture.ctx('batch-father') || jsonb_build_object('key', md5('batch' || i)::uuid, 'request', i) FROM generate_series(1, 3) i),
                       ARRAY(SELECT lpad(i::text, 32, '0')::uuid FROM generate_series(1, 3) i), ARRAY[NULL, NULL, NULL]::uuid[], ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()],
                       ARRAY['batch-child', 'batch-child', 'batch-child'], ARRAY[2026, 2027, 2026], ARRAY['resident_basic', 'resident_basic', 'resident_basic'], ARRAY[NULL, NULL, NULL]::bigint[],
                       ARRAY[false, false, false], ARRAY[NULL, NULL, NULL]::text[], ARRAY[NULL, NULL, NULL]::text[], ARRAY[NULL, NULL, NULL]::text[], ARRAY['{2025}', NULL, NULL]::text[], true)
       WITH ORDINALITY AS o (code, codes, result, replayed, n);
SELECT is(array_agg(code ORDER BY n), '{CREATED,CREATED,PREMIUM_ALREADY_PAID}', 'P-05 one after the other') FROM batch;
SELECT is(array_agg(result -> 'coverage' ->> 'missed_years' ORDER BY n), '{1,0,NULL}', 'P-05 the year paid first is no gap for the second') FROM batch;

-- Subsidies: never for a repaired year
SELECT fixture.standard('340500', 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]', '[{"person_class": "extreme_hardship", "mode": "full"}]');
SELECT pg_temp.lapsed('poor', 2024, 'extreme_hardship');
SELECT is((pg_temp.quote('poor')).result ->> 'payable_fen', '0', 'P-25 funded in full: nothing to pay');
SELECT is(fixture.split((pg_temp.quote('poor', '{2026,2025}')).result), '{subsidy:400.00,aid:prior_year:800.00}', 'P-03 P-25 two repaired years are paid whole');

-- Newborns (E11, P-26): day 90 and 91, two benefit years across New Year
CREATE FUNCTION pg_temp.newborn(p_no text, p_born date, p_class text DEFAULT 'newborn') RETURNS bigint
LANGUAGE sql AS $$ SELECT fixture.person(p_no, '340500', 'resident', 'not_insured', p_class, p_born) $$;
CREATE FUNCTION pg_temp.cover(p_no text, p_year integer) RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce(q.codes[1], concat_ws(' ', q.result -> 'coverage' ->> 'starts_on', q.result -> 'coverage' ->> 'waiting_months', q.result -> 'coverage' ->> 'rule'))
      FROM fixture.quote(p_no, p_no, p_year) q
$$;
SELECT fixture.policy('340500', '{"newborn_late": "next_month"}', '2026-12-01');
SELECT fixture.clock('2026-12-31 23:59:59+08');
SELECT pg_temp.newborn('nb', '2026-12-31'), pg_temp.newborn('nb90', '2026-10-02'), pg_temp.newborn('nb91', '2026-10-01'), pg_temp.newborn('nb91g', '2026-10-01', 'general');
SELECT is(ARRAY[pg_temp.cover('nb', 2026), pg_temp.cover('nb', 2027)], '{"2026-12-31 0 newborn","2027-01-01 0 newborn"}', 'P-26 born on the last day: both benefit years, the first from birth');
SELECT is(pg_temp.cover('nb', 2025), 'ENROLLMENT_CLOSED', 'P-26 but none before the birth');
SELECT is(pg_temp.cover(no, 2026), cover, 'E11 P-26 ' || no) FROM (VALUES ('nb90', '2026-10-02 0 newborn'), ('nb91', '2027-01-01 0 newborn_next_month'), ('nb91g', '2027-01-01 0 newborn_next_month')) AS v (no, cover);
SELECT is((fixture.quote('nb', 'nb', 2027, '{}', '{2026}')).codes, '{REPAIR_YEAR_INVALID}', 'a newborn has missed nothing');
SELECT fixture.clock('2027-03-31 10:00+08');
SELECT is(ARRAY[pg_temp.cover('nb', 2026), pg_temp.cover('nb', 2027)], '{"2026-12-31 0 newborn","2027-01-01 0 newborn"}', 'E11 P-26 day 90, in the new year: both benefit years still from birth, windows or none');
SELECT is((fixture.pay('nb', 'nb', y, NULL, '{"cash_channel": "counter"}')).code, 'CREATED', 'P-26 and both are paid: ' || y) FROM generate_series(2026, 2027) y;
SELECT pg_temp.newborn('late', '2026-12-30');
SELECT is(pg_temp.cover('late', 2027), '2027-04-01 0 newborn_next_month', 'E11 P-26 day 91: from next month where the area says so');
SELECT is(pg_temp.cover('late', 2026), 'ENROLLMENT_CLOSED', 'and the year of birth is over');
SELECT fixture.policy('340500', '{"newborn_late": "general", "waiting": {"fixed_months": 3}}', '2027-03-31');
SELECT is(pg_temp.cover('late', 2027), '2027-06-30 3 late', 'E11 by the general rule where it says that: the last day of a shorter month');

-- A window that closes between quote and payment, to the second
SELECT fixture.clock('2026-12-31 23:59:59+08');
SELECT pg_temp.lapsed('f14', 2026);
CREATE TEMP TABLE f14 AS SELECT * FROM pg_temp.quote('f14');
SELECT is(result -> 'coverage' ->> 'waiting_months', '0', 'S0-36 F14 23:59:59: in the window') FROM f14;
SELECT fixture.clock('2027-01-01 00:00+08');
CREATE TEMP TABLE f14b AS SELECT * FROM pg_temp.pay('f14', jsonb_build_object('quote', (SELECT substr(result ->> 'id', 5) FROM f14)));
SELECT is(codes, '{QUOTE_STALE}', 'S0-37 F14 00:00:00: not charged as quoted, nor silently with a wait') FROM f14b;
SELECT is(result -> 'QUOTE_STALE' -> 'quote' -> 'coverage', '{"starts_on": "2027-04-01", "ends_on": "2027-12-31", "waiting_months": 3, "missed_years": 0, "rule": "late"}'::jsonb,
          'E7 F14 the fresh quote shows the wait before paying') FROM f14b;
SELECT is((pg_temp.pay('f14', jsonb_build_object('quote', substr(result -> 'QUOTE_STALE' -> 'quote' ->> 'id', 5)))).code, 'CREATED', 'F14 and can be paid') FROM f14b;

-- Several windows a year, some of a class of its own
SELECT fixture.standard('340500', 2028, 40000, '[{"from": "2027-02-01", "to": "2027-02-28", "late_until": "2027-03-31"}, {"from": "2027-09-01", "to": "2027-12-31"},
                                                 {"from": "2027-05-01", "to": "2027-05-31", "person_class": "migrant_worker"}]');
SELECT pg_temp.lapsed('p33', 2027), pg_temp.lapsed('p33m', 2027, 'migrant_worker');
CREATE FUNCTION pg_temp.state(p_day date, p_no text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM fixture.clock(p_day + interval '12 hours');
    RETURN coalesce((pg_temp.quote(p_no, NULL, 2028)).result -> 'coverage' ->> 'rule', (pg_temp.quote(p_no, NULL, 2028)).codes[1]);
END
$$;
SELECT is(ARRAY[pg_temp.state(day, 'p33'), pg_temp.state(day, 'p33m')], states, 'P-33 ' || day) FROM (VALUES
    ('2027-01-31'::date, '{ENROLLMENT_WINDOW_NOT_OPEN,ENROLLMENT_WINDOW_NOT_OPEN}'::text[]), ('2027-02-01', '{in_window,in_window}'), ('2027-02-28', '{in_window,in_window}'), ('2027-03-31', '{late,late}'),
    ('2027-04-01', '{ENROLLMENT_WINDOW_NOT_OPEN,ENROLLMENT_WINDOW_NOT_OPEN}'), ('2027-05-01', '{ENROLLMENT_WINDOW_NOT_OPEN,in_window}'), ('2027-06-01', '{ENROLLMENT_WINDOW_NOT_OPEN,late}'),
    ('2027-09-01', '{in_window,in_window}'), ('2028-01-01', '{late,late}'), ('2029-01-01', '{ENROLLMENT_CLOSED,ENROLLMENT_CLOSED}')) AS v (day, states);

-- What-if reproduces it
SELECT is(r -> 'payable_fen', to_jsonb(y.payable_fen), 'a replay comes to the same amount')
  FROM gongji.payment y CROSS JOIN LATERAL gongji.premium_replay(y, '340500', '{}', '{}') r WHERE y.insured = gongji.person_of('batch-child');
SELECT is(r - ARRAY['draws'], jsonb_build_object('codes', '[]'::jsonb, 'payable_fen', y.payable_fen, 'own_fen', y.own_fen, 'aid_fen', y.aid_fen, 'cash_fen', y.cash_fen,
                                                 'starts_on', y.coverage -> 'starts_on', 'waiting_months', y.coverage -> 'waiting_months'), 'P-03 and of cover, its own years not counted before it: ' || y.benefit_year)
  FROM gongji.payment y CROSS JOIN LATERAL gongji.premium_replay(y, '340500', '{}', '{}') r WHERE y.insured = gongji.person_of('batch-child');
SELECT is((gongji.premium_replay(y, '340500', '{"waiting": {"epoch_year": 2030}}', '{}')) -> 'codes', '["REPAIR_YEAR_INVALID"]'::jsonb, 'another epoch leaves nothing to repair')
  FROM gongji.payment y WHERE y.insured = gongji.person_of('batch-child') AND y.benefit_year = 2026;

SELECT * FROM finish();
ROLLBACK;
