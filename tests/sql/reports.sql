-- Reports and reconciliation (S0-44).
BEGIN;
SELECT no_plan();
SELECT fixture.policy('340500'), fixture.policy('340100');
SELECT fixture.standard('340500', 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]');
SELECT fixture.clock('2026-11-20 23:59:50+08');
CREATE TEMP TABLE who AS SELECT fixture.person('R-MOTHER') AS mother, fixture.person('R-UNCLE', '340100') AS uncle, fixture.person('R-GIRL', p_scheme => 'resident') AS girl,
                                fixture.person('R-BOY', p_scheme => 'resident') AS boy;
SELECT fixture.money(mother, 'prior_year', 30000), fixture.money(uncle, 'prior_year', 100000), fixture.money(girl, 'current_year', 10000) FROM who;
SELECT fixture.bind(mother, girl), fixture.bind(uncle, boy, 'child') FROM who;
CREATE TEMP TABLE girl AS SELECT (fixture.pay('R-MOTHER', 'R-GIRL', 2027)).result ->> 'id' AS id;
SELECT fixture.clock('2026-11-21 00:00:01+08');
CREATE TEMP TABLE boy AS SELECT (fixture.pay('R-UNCLE', 'R-BOY', 2027, NULL, '{"ctx": {"channel": "wechat_mini"}}')).result ->> 'id' AS id;

CREATE FUNCTION pg_temp.funds(p_filter jsonb DEFAULT '{}', p_areas jsonb DEFAULT '["*"]') RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.report_funds(fixture.ctx('auditor', 'staff', jsonb_build_object('areas', p_areas)), p_filter) $$;
CREATE FUNCTION pg_temp.day(p_on date, p_channel text DEFAULT NULL, p_areas jsonb DEFAULT '["*"]') RETURNS jsonb LANGUAGE sql AS $$
    SELECT (api.reconciliation_get(fixture.ctx('auditor', 'staff', jsonb_build_object('areas', p_areas)), p_on, p_channel)).result $$;
CREATE FUNCTION pg_temp.compare(p_on date, p_bill jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT (api.reconciliation_compare(fixture.ctx('auditor', 'staff'), p_on, 'web_hall', p_bill)).result $$;

SELECT is((pg_temp.funds()).result, '{"lines": [
    {"use": "resident_premium", "area": "340100", "payments": 1, "insured": 1, "grantors": 1, "own_fen": 0, "funds_activated_fen": 40000, "cash_saved_fen": 40000},
    {"use": "resident_premium", "area": "340500", "payments": 1, "insured": 1, "grantors": 1, "own_fen": 10000, "funds_activated_fen": 30000, "cash_saved_fen": 40000}],
    "totals": {"own_fen": 10000, "funds_activated_fen": 70000, "cash_saved_fen": 80000}}'::jsonb, 'S0-44: funds activated and cash saved, by use and area of the account');
SELECT is((pg_temp.funds('{"to": "2026-11-21T00:00:00+08:00"}')).result #>> '{totals,cash_saved_fen}', '40000', 'S0-44: of a period, its end exclusive');
SELECT is((pg_temp.funds('{"area": "340100"}')).result #>> '{totals,funds_activated_fen}', '40000', 'S0-44: of one area');
SELECT is((pg_temp.funds('{"area": "340000"}')).result #>> '{totals,funds_activated_fen}', '70000', 'S0-44: of a province');
SELECT is((pg_temp.funds('{}', '["340100"]')).result #>> '{totals,funds_activated_fen}', '40000', 'of the areas of who asks');
SELECT is((pg_temp.funds('{"area": "999999"}')).code, 'AREA_UNKNOWN', 'no such area');
SELECT is((pg_temp.funds('{"from": "2026-11-22T00:00:00+08:00", "to": "2026-11-21T00:00:00+08:00"}')).code, 'RANGE_INVALID', 'no such period');

SELECT is(pg_temp.day('2026-11-20') -> 'totals', '{"count": 1, "amount_fen": 40000, "own_fen": 10000, "aid_fen": 30000, "cash_fen": 0}', 'a day''s totals');
SELECT is(pg_temp.day('2026-11-20') #>> '{lines,0,payment_id}', id, 'and its lines; 23:59:50 is that day in China') FROM girl;
SELECT is(pg_temp.day('2026-11-21') #>> '{lines,0,payment_id}', id, 'and 00:00:01 the next') FROM boy;
SELECT is(pg_temp.day('2026-11-21', 'web_hall') #> '{totals,count}', '0', 'of one channel');
SELECT is(pg_temp.day('2026-11-21', 'wechat_mini') #> '{totals,count}', '1', 'and of the other');
SELECT is(pg_temp.day('2026-11-21', NULL, '["350000"]') #> '{totals,count}', '0', 'of the areas of who asks');

CREATE FUNCTION pg_temp.bill(p_rows jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_object('payment_id', r.row -> 0, 'amount_fen', r.row -> 1, 'line', r.n + 1) ORDER BY r.n) FROM jsonb_array_elements(p_rows) WITH ORDINALITY r (row, n) $$;
SELECT is(pg_temp.compare('2026-11-20', pg_temp.bill(jsonb_build_array(jsonb_build_array(id, 40000)))) - 'date' - 'channel',
    '{"ours": {"count": 1, "amount_fen": 40000}, "theirs": {"count": 1, "amount_fen": 40000}, "differences": [], "differences_truncated": false,
      "classes": {"equal": 1, "only_in_bill": 0, "only_here": 0, "amount_differs": 0, "billed_twice": 0}}', 'a bill that agrees') FROM girl;
SELECT is(pg_temp.compare('2026-11-20', '[]') -> 'differences', jsonb_build_array(jsonb_build_object('class', 'only_here', 'payment_id', id, 'ours_fen', 40000)), 'what the bill lacks') FROM girl;
SELECT is(pg_temp.compare('2026-11-20', pg_temp.bill(jsonb_build_array(jsonb_build_array(id, 39999), jsonb_build_array(id, 39999), jsonb_build_array('pay_x', 5)))) -> 'differences',
    jsonb_build_array(jsonb_build_object('class', 'amount_differs', 'payment_id', id, 'ours_fen', 40000, 'theirs_fen', 39999, 'line', 2),
                      jsonb_build_object('class', 'billed_twice', 'payment_id', id, 'theirs_fen', 39999, 'line', 3),
                      jsonb_build_object('class', 'only_in_bill', 'payment_id', 'pay_x', 'theirs_fen', 5, 'line', 4)), 'every class of difference, by line of the bill') FROM girl;
SELECT is((SELECT count(*) FROM gongji.audit_log WHERE action = 'reconciliation.compare'), 3::bigint, 'S0-45: who compared is recorded');
SELECT * FROM finish();
ROLLBACK;
