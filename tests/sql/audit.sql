-- The audit log as auditors read it (F18, S0-45).
BEGIN;
SELECT no_plan();
SELECT fixture.policy('340500');
SELECT fixture.policy('350100');
SELECT fixture.standard('340500', 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]');
SELECT fixture.clock('2026-11-21 10:00+08');
CREATE TEMP TABLE who AS SELECT fixture.person('A-MOTHER') AS mother, fixture.person('A-GIRL', p_scheme => 'resident', p_birth => '2018-02-01') AS girl,
                                fixture.person('A-FAR', '350100') AS far;
SELECT fixture.money(mother, 'prior_year', 100000) FROM who;
CREATE TEMP TABLE bound AS SELECT fixture.bind(mother, girl) AS id FROM who;

CREATE FUNCTION pg_temp.staff(p_more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT fixture.ctx('clerk-1', 'staff', '{"scope": "inquiry", "reason": "来电"}'::jsonb || p_more) $$;
CREATE FUNCTION pg_temp.page(p_filter jsonb, p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 50, p_more jsonb DEFAULT '{}') RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.audit_list(fixture.ctx('auditor-1', 'staff', '{"reason": "抽查"}'::jsonb || p_more), p_filter, p_after, p_limit) $$;
CREATE FUNCTION pg_temp.actions(p_filter jsonb, p_more jsonb DEFAULT '{}') RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(r.row ->> 'action' ORDER BY r.n) FROM jsonb_array_elements((pg_temp.page(p_filter, p_more => p_more)).result -> 'data') WITH ORDINALITY r (row, n) $$;

SELECT api.person_get(pg_temp.staff(), 'A-MOTHER');
SELECT api.account_aid(pg_temp.staff(), 'A-GIRL');
SELECT (fixture.pay('A-MOTHER', 'A-GIRL', 2027)).code;

SELECT is(pg_temp.actions('{"person_id": "A-MOTHER"}'), ARRAY['audit.read', 'account.draw', 'person.read'],
          'F18: about a grantor: who read, what a payment took, and this very look');
SELECT is(pg_temp.actions('{"person_id": "A-GIRL"}'), ARRAY['audit.read', 'payment.create', 'account.read_aid'], 'F18: about the insured: who read and who paid');
SELECT is(((pg_temp.page('{"person_id": "A-GIRL", "subject": "clerk-1"}')).result #> '{data,0}') - 'id'::text - 'at'::text,
          '{"action": "account.read_aid", "person_id": "A-GIRL", "issuer": "dev", "subject": "clerk-1", "channel": "web_hall", "reason": "来电", "request_id": "test"}',
          'F18: a row tells who, through what, about whom and why');
SELECT is(pg_temp.actions('{"subject": "clerk-1"}'), ARRAY['account.read_aid', 'person.read'], 'F18: all that one operator looked at');
SELECT is((pg_temp.page('{"person_id": "A-FAR"}', p_more => '{"areas": ["340500"]}')).code, 'PERSON_NOT_FOUND', 'outside the areas there is nobody');
SELECT api.person_get(pg_temp.staff(), 'A-FAR');
SELECT is(pg_temp.actions('{"subject": "clerk-1"}', '{"areas": ["340000"]}'), ARRAY['account.read_aid', 'person.read'], 'nor rows about people outside');
SELECT is((pg_temp.page('{"from": "2026-11-21T00:00:00+08:00", "to": "2026-11-21T00:00:00+08:00"}')).code, 'RANGE_INVALID', 'a range that ends where it begins is none');
SELECT is(pg_temp.actions('{"person_id": "A-MOTHER", "to": "2026-11-21T00:00:00+08:00"}'), NULL, 'outside the range there is nothing');

-- Pages
CREATE TEMP TABLE first AS SELECT (pg_temp.page('{"subject": "clerk-1"}', NULL, 2)).result AS page;
SELECT is(jsonb_array_length(page -> 'data'), 2, 'a page has as many rows as were asked for') FROM first;
SELECT is((pg_temp.page('{"subject": "clerk-1"}', page -> 'next', 2)).result #>> '{data,0,action}', 'person.read', 'and the next goes on after it') FROM first;
SELECT is((pg_temp.page('{"subject": "clerk-1"}', page -> 'next', 2)).result -> 'next', 'null'::jsonb, 'until there is none') FROM first;

SELECT throws_ok('UPDATE gongji.audit_log SET reason = NULL', NULL, NULL, 'S0-45: no row can be changed');
SELECT throws_ok('DELETE FROM gongji.audit_log', NULL, NULL, 'S0-45: none can be taken out');
SELECT * FROM finish();
ROLLBACK;
