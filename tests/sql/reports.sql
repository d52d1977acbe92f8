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
-- The cash channel's own bill, by its transactions
SELECT fixture.policy('320100'), fixture.standard('320100', 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]');
SELECT fixture.person(n, '320100', 'resident', 'normal', 'general', '2019-04-01') FROM unnest(ARRAY['K-1', 'K-2', 'K-3', 'K-4']) n;
CREATE FUNCTION pg_temp.cash(p_child text, p_transaction text, p_fen bigint DEFAULT 40000) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_id text := (fixture.pay(p_child, p_child, 2027, NULL, '{"cash_channel": "wechatpay"}')).result ->> 'id';
BEGIN PERFORM api.payment_cash(fixture.ctx('backend', 'staff', '{"scope": "cash", "cash_channels": ["wechatpay"]}'), substr(v_id, 5)::uuid, 'wechatpay', p_transaction, p_fen, gongji.now_cn());
      RETURN v_id; END $$;
CREATE FUNCTION pg_temp.refund(p_payment text) RETURNS text LANGUAGE sql AS $$
    SELECT (api.refund_create(fixture.ctx('op', 'staff', '{"scope": "refund"}'), substr(p_payment, 5)::uuid, gen_random_uuid(), 'other', NULL)).result ->> 'id' $$;
CREATE FUNCTION pg_temp.billed(p_on date, p_rows jsonb, p_areas jsonb DEFAULT '["*"]') RETURNS jsonb LANGUAGE sql AS $$
    SELECT (api.reconciliation_cash(fixture.ctx('auditor', 'staff', jsonb_build_object('areas', p_areas)), p_on, 'wechatpay',
        (SELECT coalesce(jsonb_agg(jsonb_build_object('transaction_id', r.row -> 0, 'amount_fen', r.row -> 1, 'refund_no', r.row -> 2, 'line', r.n + 1) ORDER BY r.n), '[]')
           FROM jsonb_array_elements(p_rows) WITH ORDINALITY r (row, n)))).result $$;
CREATE FUNCTION pg_temp.found(p_result jsonb) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(concat_ws(' ', d ->> 'class', d ->> 'kind', d ->> 'transaction_id', d ->> 'ours_fen', d ->> 'theirs_fen', d ->> 'booked_on', d ->> 'line') ORDER BY n)
      FROM jsonb_array_elements(p_result -> 'differences') WITH ORDINALITY x (d, n) $$;
SELECT fixture.clock('2026-11-22 23:59:50+08');
CREATE TEMP TABLE k AS SELECT pg_temp.cash('K-1', 'w1') AS k1;
SELECT fixture.clock('2026-11-23 10:00+08');
CREATE TEMP TABLE k2 AS SELECT pg_temp.cash('K-2', 'w2') AS k2, pg_temp.cash('K-3', 'w3') AS k3, pg_temp.cash('K-4', 'w4', 39999) AS k4;
SELECT gongji.cash_settle(fixture.ctx('wechatpay'), 'no-such-order', 'wechatpay', 'w5', 500, gongji.now_cn());
CREATE TEMP TABLE r AS SELECT pg_temp.refund(k2) AS done, pg_temp.refund(k3) AS open FROM k2;
SELECT is((api.refund_result(fixture.ctx('backend', 'staff', '{"scope": "cash", "cash_channels": ["wechatpay"]}'), substr(done, 5)::uuid, 'SUCCESS', NULL, NULL)).code, 'OK', 'a refund arrived') FROM r;
SELECT is(pg_temp.day('2026-11-23') -> 'cash', '[{"cash_channel": "wechatpay", "received": 4, "received_fen": 120499, "refunded": 1, "refunded_fen": 40000}]', 'what a cash channel took in and paid back');
SELECT is(pg_temp.day('2026-11-23', 'web_hall') #> '{cash,0,received_fen}', '119999', 'for payments of one channel: unknown orders are of none');
SELECT is(pg_temp.day('2026-11-23', 'wechat_mini') -> 'cash', '[]', 'and none for another');
CREATE TEMP TABLE bill AS SELECT '[["w2", 40000], ["w3", 40000], ["w4", 39999], ["w5", 500], ["w2", -40000, "r2"]]'::jsonb AS same;
SELECT is(pg_temp.billed('2026-11-23', same) - 'differences_truncated', '{"date": "2026-11-23", "channel": "wechatpay", "differences": [],
    "ours": {"count": 5, "amount_fen": 120499, "refunded_fen": 40000}, "theirs": {"count": 5, "amount_fen": 120499, "refunded_fen": 40000},
    "classes": {"equal": 5, "only_in_bill": 0, "only_here": 0, "amount_differs": 0, "billed_twice": 0, "other_day_here": 0, "refund_open_here": 0}}', 'a bill of cash that agrees') FROM bill;
SELECT is(pg_temp.found(pg_temp.billed('2026-11-23', '[["w1", 40000], ["w3", 40000], ["w3", 40000], ["w4", 40000], ["w9", 7], ["w3", -40000, "r3"], ["w9", -7, "r9"], ["w2", -39999, "r2"]]')),
    '{"other_day_here payment w1 40000 2026-11-22 2","billed_twice payment w3 40000 4","amount_differs payment w4 39999 40000 5","only_in_bill payment w9 7 6",
      "refund_open_here refund w3 40000 7","only_in_bill refund w9 7 8","amount_differs refund w2 40000 39999 9","only_here payment w2 40000","only_here payment w5 500"}',
    'every class of difference, of payments and of refunds');
SELECT is(pg_temp.billed('2026-11-22', '[["w2", -40000]]') #>> '{differences,0,booked_on}', '2026-11-23', 'a refund that we have on another day');
SELECT is(pg_temp.found(pg_temp.billed('2026-11-23', '[["w2", 40000]]', '["350000"]')), '{"only_in_bill payment w2 40000 2"}', 'staff of elsewhere see nothing of ours');
SELECT is(pg_temp.found(pg_temp.billed('2026-11-23', '[["w2", 40000], ["w3", 40000], ["w4", 39999], ["w2", -40000]]', '["320100"]')), NULL, 'staff of an area see its own, not the cash of nobody');
SELECT is((SELECT count(*) FROM gongji.audit_log WHERE action = 'reconciliation.compare' AND details ? 'cash_channel'), 5::bigint, 'S0-45: who compared is recorded');
SELECT * FROM finish();
ROLLBACK;
