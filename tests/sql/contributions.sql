-- Money coming in: buckets, references, the ledger behind it, and New Year.
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.pay(p_no text, p_fen bigint, p_year integer, p_reference text, p_more jsonb DEFAULT '{}') RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.contribution_create(fixture.ctx('op1', 'staff', p_more), p_no, p_fen, p_year, p_reference)
$$;
CREATE FUNCTION pg_temp.account(p_no text) RETURNS text LANGUAGE sql AS $$
    SELECT (current_fen, prior_fen, current_year, version)::text FROM gongji.account WHERE person = gongji.person_of(p_no)
$$;
CREATE FUNCTION pg_temp.entries(p_no text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', account_version, kind, bucket, money_year, amount_fen, balance_after_fen, effective_on), E'\n' ORDER BY account_version)
      FROM gongji.ledger_entry
     WHERE person = gongji.person_of(p_no) AND account = 'personal'
$$;
CREATE FUNCTION pg_temp.sum_of(p_no text) RETURNS numeric LANGUAGE sql AS $$
    SELECT sum(amount_fen) FROM gongji.ledger_entry WHERE person = gongji.person_of(p_no)
$$;

SELECT fixture.clock('2026-09-05 10:00+08');
SELECT fixture.person('E1');
SELECT fixture.person('R1', p_scheme => 'resident', p_status => 'paused');

-- Buckets
SELECT is((pg_temp.pay('E1', 90000, 2026, 'a')).code, 'CREATED', 'S0-07: this year''s money');
SELECT is((pg_temp.pay('E1', 238000, 2025, 'b')).result - 'created_at',
          '{"person_id": "E1", "reference": "b", "amount_fen": 238000, "year": 2025, "bucket": "prior_year", "balance_after_fen": 328000}', 'S0-07: and an earlier year''s');
SELECT is(pg_temp.account('E1'), '(90000,238000,2026,2)', 'S0-07: lie in two buckets');
SELECT is(pg_temp.sum_of('E1'), 0::numeric, 'every fen came from somewhere');
SELECT is((pg_temp.pay('E1', 1, 2019, 'c')).result ->> 'bucket', 'prior_year', 'however early the year');
SELECT is((pg_temp.pay('R1', 10000, 2026, 'a')).code, 'CREATED', 'any scheme and status may be paid into, and a reference is one person''s own');
SELECT api.person_freeze(fixture.ctx('op1', 'staff'), 'R1', true, '核查');
SELECT is((pg_temp.pay('R1', 1, 2026, 'frozen')).code, 'CREATED', 'a freeze never stops a credit');

-- Refusals
SELECT is((pg_temp.pay('E1', 1, 2027, 'd')).result, '{"VALIDATION_FAILED": {"pointer": "/year"}}', 'no money of a year to come');
SELECT is((pg_temp.pay('nobody', 1, 2026, 'd')).code, 'PERSON_NOT_FOUND', 'nobody is paid nothing');
SELECT is((pg_temp.pay('E1', 1, 2026, 'd', '{"areas": ["350000"]}')).code, 'PERSON_NOT_FOUND', 'staff pay nobody outside their areas');
SELECT is((pg_temp.pay('E1', 9007199254740991, 2026, 'd')).result, '{"VALIDATION_FAILED": {"pointer": "/amount_fen"}}', 'a balance stays below 2^53');
SELECT is((SELECT count(*) FROM gongji.contribution WHERE reference = 'd'), 0::bigint, 'a refusal moves nothing');

-- References
CREATE TEMP TABLE first AS SELECT result FROM gongji.contribution WHERE reference = 'b';
SELECT is((pg_temp.pay('E1', 238000, 2025, 'b')).code, 'OK', 'the same reference and content is answered OK');
SELECT is((pg_temp.pay('E1', 238000, 2025, 'b')).result, (SELECT result FROM first), 'with the first body');
SELECT is((pg_temp.pay('E1', 238001, 2025, 'b')).code, 'REFERENCE_REUSED', 'another amount under it is refused');
SELECT is((pg_temp.pay('E1', 238000, 2024, 'b')).code, 'REFERENCE_REUSED', 'so is another year');
SELECT is(pg_temp.account('E1'), '(90000,238001,2026,3)', 'and nothing moved');

-- Idempotency keys
SELECT is((pg_temp.pay('E1', 5, 2026, 'e', '{"key": "000102030405060708090a0b0c0d0e0f", "request": "r1"}')).code, 'CREATED', 'F1: a key''s first request');
SELECT is((SELECT (code, replayed)::text FROM pg_temp.pay('E1', 5, 2026, 'e', '{"key": "000102030405060708090a0b0c0d0e0f", "request": "r1"}')), '(CREATED,t)', 'F1: is replayed');
SELECT is((pg_temp.pay('E1', 6, 2026, 'f', '{"key": "000102030405060708090a0b0c0d0e0f", "request": "r2"}')).code, 'IDEMPOTENCY_KEY_REUSED', 'F1: and refused to another');
SELECT is((pg_temp.pay('E1', 5, 2027, 'g', '{"key": "100102030405060708090a0b0c0d0e0f", "request": "r3"}')).code, 'VALIDATION_FAILED', 'a faulty body');
SELECT is((SELECT count(*) FROM gongji.idempotency_key WHERE key = '100102030405060708090a0b0c0d0e0f'), 0::bigint, 'leaves its key free');

-- F13: New Year
UPDATE gongji.account SET held_current_fen = 100, held_prior_fen = 20 WHERE person = gongji.person_of('E1');
SELECT fixture.clock('2026-12-31 23:59+08');
SELECT is((pg_temp.pay('E1', 1, 2026, 'dec')).result ->> 'bucket', 'current_year', 'F13: up to midnight the year''s money is current');
SELECT fixture.clock('2027-01-01 00:00:01+08');
SELECT is((pg_temp.pay('E1', 7, 2027, 'jan')).code, 'CREATED', 'F13: the first contribution of a year');
SELECT is(pg_temp.account('E1'), '(7,328007,2027,8)', 'F13: finds current money turned into prior money');
SELECT is((SELECT (held_current_fen, held_prior_fen)::text FROM gongji.account WHERE person = gongji.person_of('E1')), '(0,120)', 'F13: and its holds with it');
SELECT is((pg_temp.pay('E1', 3, 2026, 'late')).result ->> 'bucket', 'prior_year', 'F13: money of the old year now goes to the prior bucket');
SELECT is(pg_temp.entries('E1'), E'1 contribution current_year 2026 90000 90000 2026-09-05\n'
                                  '2 contribution prior_year 2025 238000 328000 2026-09-05\n'
                                  '3 contribution prior_year 2019 1 328001 2026-09-05\n'
                                  '4 contribution current_year 2026 5 328006 2026-09-05\n'
                                  '5 contribution current_year 2026 1 328007 2026-12-31\n'
                                  '6 rollover prior_year 2026 90006 418013 2027-01-01\n'
                                  '7 rollover current_year 2026 -90006 328007 2027-01-01\n'
                                  '8 contribution current_year 2027 7 328014 2027-01-01\n'
                                  '9 contribution prior_year 2026 3 328017 2027-01-01',
          'F13: exactly once, each entry with its bucket, money year and balance');
SELECT is(pg_temp.sum_of('E1'), 0::numeric, 'and the ledger sums to zero');
SELECT is((SELECT count(DISTINCT movement_id) FROM gongji.ledger_entry WHERE kind = 'rollover'), 1::bigint, 'a rollover is one movement');
SELECT fixture.person('Z1');
UPDATE gongji.account SET current_year = 2024 WHERE person = gongji.person_of('Z1');
SELECT pg_temp.pay('Z1', 2, 2027, 'z');
SELECT is(pg_temp.account('Z1'), '(2,0,2027,1)', 'F13: an empty account changes its year without an entry');

-- Import
SELECT is((api.contribution_import(fixture.ctx('op1', 'staff'),
              '[{"person_no": "E1", "amount_fen": 11, "year": 2027, "reference": "i1"}, {"person_no": "E1", "amount_fen": 11, "year": 2027, "reference": "i1"},
                {"person_no": "E1", "amount_fen": 12, "year": 2027, "reference": "i1"}, {"person_no": "E1", "amount_fen": 12, "year": 2028, "reference": "i2"}]')).result,
          '[{"code": "CREATED", "extras": null}, {"code": "OK", "extras": null}, {"code": "REFERENCE_REUSED", "extras": null},
            {"code": "VALIDATION_FAILED", "extras": {"pointer": "/year"}}]', 'a chunk of contributions: a repeated line moves nothing, a bad one leaves the others alone');
SELECT is(pg_temp.account('E1'), '(18,328010,2027,10)', 'one line of them moved money');

SELECT * FROM finish();
ROLLBACK;
