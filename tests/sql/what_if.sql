-- Other rules tried on past payments: the same rules give zero differences (S1-48).
BEGIN;
SELECT no_plan();
SELECT fixture.clock('2026-11-01 10:00+08');
SELECT fixture.policy('340500'), fixture.policy('340100'), fixture.policy('350100', '{"shareable_buckets": ["prior_year", "current_year"]}');
SELECT fixture.standard(a, 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]') FROM unnest('{340500,340100,350100}'::text[]) a;
CREATE TEMP TABLE family AS
SELECT n, fixture.person('W-M' || n, area) AS mother, fixture.person('W-F' || n, area) AS father, fixture.person('W-C' || n, area, 'resident') AS child, fixture.person('W-D' || n, area, 'resident') AS second
  FROM (VALUES (1, '340500'), (2, '340500'), (3, '350100')) v (n, area);
SELECT fixture.money(mother, 'prior_year', 60000), fixture.money(father, 'prior_year', 90000), fixture.money(mother, 'current_year', 500), fixture.money(child, 'current_year', 10000) FROM family;
SELECT fixture.bind(mother, child), fixture.bind(father, child, p_priority => 2), fixture.bind(mother, second), fixture.bind(father, second, p_priority => 2) FROM family;
SELECT fixture.clock('2026-11-10 10:00+08');
SELECT (fixture.pay('W-M' || n, 'W-C' || n, 2027)).code, (fixture.pay('W-C' || n, 'W-D' || n, 2027)).code FROM family;
SELECT (fixture.pay('W-D' || n, 'W-D' || n, 2027)).code FROM family;
SELECT fixture.clock('2026-11-21 10:00+08');
SELECT api.person_freeze(fixture.ctx('op', 'staff'), 'W-M1', true, 'later');

CREATE FUNCTION pg_temp.try(p_changes jsonb, p_area text DEFAULT '340500', p_areas jsonb DEFAULT '["*"]') RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.policy_what_if(fixture.ctx('op', 'staff', jsonb_build_object('areas', p_areas)), p_area, '2026-11-10', '2026-11-11', p_changes) $$;
CREATE FUNCTION pg_temp.differ(p_changes jsonb, p_area text DEFAULT '340500') RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', d -> 'payments', d -> 'families', d -> 'refused', d -> 'fen', d -> 'own_fen', d -> 'aid_fen', d -> 'cash_fen') FROM (SELECT (pg_temp.try(p_changes, p_area)).result -> 'differences' AS d) x $$;

SELECT is((pg_temp.try('{}')).result - 'payments' - 'from' - 'to', '{"area": "340500", "changes": [], "replayed": 6, "truncated": false, "not_reproduced": 0,
    "differences": {"payments": 0, "families": 0, "refused": 0, "fen": 0, "own_fen": 0, "aid_fen": 0, "cash_fen": 0}}'::jsonb,
    'S1-48: the same rules give zero differences, and each payment comes out as it was paid, later changes notwithstanding');
SELECT is((pg_temp.try('{"shareable_buckets": ["prior_year"], "retained_minimum_fen": 0}')).result #> '{differences,payments}', '0', 'stating what holds already is no difference');

SELECT is(pg_temp.differ('{"retained_minimum_fen": 1000000}'), '4 4 0 140000 0 -140000 140000', 'a minimum that keeps all of it leaves the premiums to cash: both families of the area, no other');
SELECT is(pg_temp.differ('{"retained_minimum_fen": 1000000}', '340000'), '4 4 0 140000 0 -140000 140000', 'a province''s change reaches its areas');
SELECT is(pg_temp.differ('{"retained_minimum_fen": 1000000}', '000000'), '6 6 0 210000 0 -210000 210000', 'the nation''s all of them');
SELECT is(pg_temp.differ('{"retained_minimum_fen": 1000000}', '340100'), '0 0 0 0 0 0 0', 'an area where nobody paid none');
SELECT is(pg_temp.differ('{"other_grantors": "not_drawn"}'), '0 0 0 0 0 0 0', 'whom the caller did not need is not missed');
SELECT is(pg_temp.differ('{"uses": {"resident_premium": ["self"]}}'), '4 4 2 160000 -20000 -140000 80000', 'a use that is closed refuses the mother, and leaves the child its own money alone');
SELECT is(pg_temp.differ('{"max_grantors_per_payment": 1}'), '2 2 0 20000 0 -20000 20000', 'one grantor a payment: the second child''s premium was shared by two');
SELECT is((pg_temp.try('{"own_bucket_order": ["prior_year", "current_year"]}')).result #> '{differences,payments}', '0', 'an order that finds the same money');

-- What a payment would draw, or leave, counts for the payments after it
SELECT is(pg_temp.differ('{"retained_minimum_fen": 85000}'), '4 4 0 140000 0 -130000 130000', 'a father who gave his last 50.00 to one child has nothing for the next');

-- A member that a nearer area states stands
SELECT is(gongji.policy_with((e.area, e.valid_from, e.version, e.rules, '{"retained_minimum_fen": {"area": "340500"}}')::gongji.policy_effective, '340000', '{"retained_minimum_fen": 7, "max_members": 3}')
          ::text, jsonb_populate_record(e.rules, '{"max_members": 3}')::text, 'a member that the area itself states stands against the province''s')
  FROM gongji.policy_effective e WHERE e.area = '340500';

SELECT is((pg_temp.try('{}', '999999')).code, 'AREA_UNKNOWN', 'no such area');
SELECT is((pg_temp.try('{}', '340500', '["350000"]')).code, 'POLICY_NOT_FOUND', 'not one of the caller''s areas');
SELECT is((api.policy_what_if(fixture.ctx('op', 'staff'), '340500', '2026-11-11', '2026-11-11', '{}')).code, 'RANGE_INVALID', 'no such period');
SELECT * FROM finish();
ROLLBACK;
