-- Balances at any past moment, before and after New Year's rollover (F13, S1-30, S1-35).
BEGIN;
SELECT no_plan();
SELECT fixture.clock('2026-03-01 09:00+08');
SELECT fixture.policy('340500'), fixture.policy('350100', '{"retained_minimum_fen": 200000, "shareable_buckets": ["prior_year", "current_year"]}');
SELECT fixture.policy('340500', '{"retained_minimum_fen": 10000}', '2027-01-10');
SELECT fixture.standard('340500', 2027, 40000, '[{"from": "2026-09-01", "to": "2027-12-31"}]');
CREATE TEMP TABLE who AS SELECT fixture.person('T-MOTHER') AS mother, fixture.person('T-GIRL', p_scheme => 'resident', p_birth => '2018-02-01') AS girl;
SELECT fixture.bind(mother, girl) FROM who;

CREATE FUNCTION pg_temp.at(p_at timestamptz, p_sub text DEFAULT 'T-MOTHER') RETURNS jsonb LANGUAGE sql AS $$
    SELECT (api.account_at(fixture.ctx(p_sub, 'citizen', '{"scope": "account"}'), NULL, p_at)).result $$;
CREATE FUNCTION pg_temp.buckets(p_at timestamptz, p_sub text DEFAULT 'T-MOTHER') RETURNS text LANGUAGE sql AS $$
    SELECT (b ->> 'prior_year_fen') || '+' || (b ->> 'current_year_fen') FROM (SELECT pg_temp.at(p_at, p_sub) -> 'buckets' AS b) x $$;

SELECT fixture.clock('2026-05-01 10:00+08');
SELECT fixture.money(mother, 'prior_year', 100000) FROM who;
SELECT fixture.clock('2026-06-01 10:00+08');
SELECT fixture.money(mother, 'current_year', 30000) FROM who;
SELECT api.person_freeze(fixture.ctx('op', 'staff'), 'T-MOTHER', true, 'court');
SELECT fixture.clock('2026-07-01 10:00+08');
SELECT api.person_freeze(fixture.ctx('op', 'staff'), 'T-MOTHER', false, 'court');
SELECT fixture.clock('2026-11-01 10:00+08');
SELECT is((fixture.pay('T-MOTHER', 'T-GIRL', 2027)).code, 'CREATED', 'a premium is paid in November');
SELECT fixture.clock('2027-01-15 10:00+08');

SELECT is(pg_temp.buckets('2026-04-01 00:00+08'), '0+0', 'before the first entry there is nothing');
SELECT is(pg_temp.buckets('2026-05-20 00:00+08'), '100000+0', 'between two contributions only the first counts');
SELECT is(pg_temp.buckets('2026-10-31 00:00+08'), '100000+30000', 'before the payment all of it');
SELECT is(pg_temp.buckets('2026-12-31 23:59:59+08'), '60000+30000', 'F13: on the last evening of the year it is this year''s money still');
SELECT is(pg_temp.buckets('2027-01-01 00:00+08'), '90000+0', 'F13: from 00:00 on it is prior-year money, though no rollover was written yet');
SELECT is((SELECT current_year FROM gongji.account a, who WHERE a.person = mother), 2026, 'a look writes no rollover');
CREATE TEMP TABLE looked AS SELECT t AS at, pg_temp.at(t) AS body FROM generate_series('2026-04-15 12:00+08'::timestamptz, '2027-01-15 09:00+08', '5 days') t;

SELECT is((SELECT code FROM api.contribution_create(fixture.ctx('op', 'staff'), 'T-MOTHER', 7, 2027, 'r7')), 'CREATED', 'money comes and the rollover is written');
SELECT is((SELECT count(*) FROM gongji.ledger_entry e, who WHERE e.person = mother AND e.kind = 'rollover'), 2::bigint, 'F13: once');
SELECT is_empty($$ SELECT at FROM looked WHERE pg_temp.at(at) IS DISTINCT FROM body $$, 'F13: no past moment looks different after the rollover was written');
SELECT is(pg_temp.buckets('2027-01-05 00:00+08'), '90000+0', 'F13: nor New Year''s week');
SELECT is(pg_temp.buckets('2027-01-15 10:00+08'::timestamptz + interval '1 minute'), NULL, 'there is no balance of the future');
SELECT is((api.account_at(fixture.ctx('T-MOTHER'), NULL, '2027-02-01')).code, 'VALIDATION_FAILED', 'and the answer says so');

SELECT is(pg_temp.at('2026-06-15 00:00+08') -> 'frozen', 'true', 'a freeze counts while it lasted');
SELECT is(pg_temp.at('2026-06-15 00:00+08') -> 'shareable_fen', '0', 'and nothing was to share');
SELECT is(pg_temp.at('2026-07-15 00:00+08') -> 'shareable_fen', '100000', 'but after it was');
SELECT is(pg_temp.at('2027-01-09 00:00+08') -> 'retained_minimum_fen', '0', 'rules are those of the day asked about');
SELECT is(pg_temp.at('2027-01-11 00:00+08') -> 'retained_minimum_fen', '10000', 'and of that one');
SELECT is(pg_temp.at(gongji.now_cn()) - 'as_of', (SELECT result - 'as_of' FROM api.account_get(ARRAY[fixture.ctx('T-MOTHER')], ARRAY[NULL::text], true)),
          'the past that is now is the balance itself');

-- Where the register said so, not where it says now
SELECT is((gongji.person_write(fixture.ctx('op', 'staff'), jsonb_build_object('person_no', 'T-MOTHER', 'name_sealed', 's', 'id_number_sealed', 's', 'name_mask', '张*',
    'id_number_mask', '340*************1X', 'birth_date', '1985-03-12', 'area', '350100', 'scheme', 'employee', 'status', 'paused', 'person_class', 'general', 'excluded', false,
    'name_digests', '{name:T-MOTHER}', 'blind_indexes', '{id:T-MOTHER}', 'match_digests', '{match:T-MOTHER}', 'index_key_ids', '{k1}'))).code, 'OK', 'the mother moves and pauses');
SELECT is(pg_temp.at(gongji.now_cn()) - 'as_of' - 'buckets' - 'held', (SELECT result - 'as_of' - 'buckets' - 'held' FROM api.account_get(ARRAY[fixture.ctx('T-MOTHER')], ARRAY[NULL::text], true)),
          'area and status as recorded are those of now');

SELECT is((api.account_at(fixture.ctx('op', 'staff', '{"areas": ["330000"]}'), 'T-MOTHER', '2026-06-15')).code, 'PERSON_NOT_FOUND', 'staff of elsewhere find nobody');
SELECT (api.account_at(fixture.ctx('op', 'staff'), 'T-MOTHER', '2026-06-15 00:00+08')).code;
SELECT is((SELECT details ->> 'as_of' FROM gongji.audit_log WHERE action = 'account.read'), '2026-06-15T00:00:00.000000+08:00', 'F18: a look at the past is recorded with the moment');
-- Money set aside for a payment that waits: held from its creation until it ended, in the bucket of that day (F4, F13)
SELECT fixture.policy('320100'), fixture.standard('320100', 2029, 50000, '[{"from": "2028-01-01", "to": "2029-12-31"}]');
SELECT fixture.clock('2028-12-30 09:00+08');
CREATE TEMP TABLE held AS SELECT fixture.person('T-FATHER', '320100') AS father, fixture.person('T-BOY', '320100', 'resident', 'normal', 'general', '2018-02-01') AS boy,
                                 fixture.person('T-SON', '320100', 'resident', 'normal', 'general', '2019-02-01') AS son;
SELECT fixture.bind(father, boy), fixture.bind(father, son), fixture.money(father, 'prior_year', 30000), fixture.money(boy, 'current_year', 7000) FROM held;
CREATE FUNCTION pg_temp.held(p_at timestamptz, p_sub text DEFAULT 'T-FATHER') RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('+', b #> '{held,prior_year_fen}', b #> '{held,current_year_fen}') || ', ' || concat_ws(' ', b -> 'held_fen', b -> 'available_fen', b -> 'shareable_fen')
      FROM pg_temp.at(p_at, p_sub) b $$;
CREATE FUNCTION pg_temp.wait(p_insured text) RETURNS uuid LANGUAGE sql AS $$
    SELECT substr((fixture.pay('T-FATHER', p_insured, 2029, NULL, '{"cash_channel": "counter"}')).result ->> 'id', 5)::uuid $$;
SELECT fixture.clock('2028-12-31 23:40+08');
CREATE TEMP TABLE first AS SELECT pg_temp.wait('T-BOY') AS id;
SELECT is(fixture.split(to_jsonb(y)), '{own:current_year:70.00,aid:prior_year:300.00,cash:130.00}', 'a payment waits for its cash') FROM gongji.payment y, first WHERE y.id = first.id;
SELECT fixture.clock('2029-01-01 00:05+08');
SELECT is((api.payment_cancel(fixture.ctx('T-FATHER'), id)).code, 'OK', 'until it is given up after New Year') FROM first;
SELECT fixture.clock('2029-01-01 00:10+08');
CREATE TEMP TABLE second AS SELECT pg_temp.wait('T-SON') AS id;
SELECT fixture.clock('2029-01-01 00:45+08');
SELECT is((api.payments_expire('{}', 10)).result -> 'expired', '1', 'the next expires');
SELECT fixture.clock('2029-01-01 00:50+08');
CREATE TEMP TABLE third AS SELECT pg_temp.wait('T-SON') AS id;
SELECT fixture.clock('2029-01-01 01:00+08');
SELECT is((api.payment_cash(fixture.ctx('backend', 'staff', '{"scope": "cash", "cash_channels": ["counter"]}'), id, 'counter', 't3', 20000, gongji.now_cn())).code, 'OK', 'the last is paid') FROM third;
SELECT fixture.clock('2029-01-01 02:00+08');
SELECT is(pg_temp.held('2028-12-31 23:39:59+08'), '0+0, 0 30000 30000', 'F4: nothing is held before the payment');
SELECT is(pg_temp.held('2028-12-31 23:50+08'), '30000+0, 30000 0 0', 'F4: while it waits its money is held');
SELECT is(pg_temp.held('2028-12-31 23:59:59+08', 'T-BOY'), '0+7000, 7000 0 0', 'F13: this year''s money on the last evening of the year');
SELECT is(pg_temp.held('2029-01-01 00:00+08', 'T-BOY'), '7000+0, 7000 0 0', 'F13: prior-year money from 00:00 on');
SELECT is(pg_temp.held('2029-01-01 00:06+08', 'T-BOY'), '0+0, 0 7000 7000', 'F4: free when it was cancelled');
SELECT is(pg_temp.held('2029-01-01 00:20+08'), '30000+0, 30000 0 0', 'F4: held for the next');
SELECT is(pg_temp.held('2029-01-01 00:46+08'), '0+0, 0 30000 30000', 'F4: free when that expired');
SELECT is(pg_temp.held('2029-01-01 00:55+08'), '30000+0, 30000 0 0', 'F4: held for the last');
SELECT is(pg_temp.held('2029-01-01 01:30+08'), '0+0, 0 0 0', 'F4: captured is gone, not held');
SELECT is(concat_ws(' ', a.prior_fen, a.held_prior_fen), '30000 0', 'a payment is replayed on what it found, not on its own hold')
  FROM third t JOIN gongji.payment y ON y.id = t.id, held, gongji.account_on(father, y.created_at, y.id) a;
SELECT is_empty($$ SELECT * FROM gongji.ledger_breach WHERE rule LIKE '%hold%' $$, 'the books prove');
SELECT * FROM finish();
ROLLBACK;
