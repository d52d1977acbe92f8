-- Money back: legs mirrored, cash by its channel, once; decisions about cash; what is stuck (S0-41, P-28, P-29, F6, F7, F8).
BEGIN;
SELECT no_plan();

SELECT fixture.clock('2026-11-21 10:00+08');
SELECT fixture.policy('340500');
SELECT fixture.policy('340100', '{"refund_until": "not_refundable"}');
SELECT fixture.policy('320100', '{"refund_until": "no_limit"}');
SELECT fixture.policy('350100', '{"retained_minimum_fen": 200000, "shareable_buckets": ["prior_year", "current_year"]}');
SELECT fixture.standard(a, 2027, 40000, '[{"from": "2026-09-01", "to": "2027-01-31"}]') FROM unnest(ARRAY['340500', '340100', '320100', '350100']) a;

CREATE FUNCTION pg_temp.family(p_tag text, p_area text, p_prior_fen bigint, p_own_fen bigint DEFAULT 0) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_grantor bigint := fixture.person(p_tag || '-father', p_area);
    v_child bigint := fixture.person(p_tag || '-child', p_area, 'resident', 'normal', 'general', '2019-04-01');
BEGIN
    IF p_prior_fen > 0 THEN PERFORM fixture.money(v_grantor, 'prior_year', p_prior_fen); END IF;
    IF p_own_fen > 0 THEN PERFORM fixture.money(v_child, 'current_year', p_own_fen); END IF;
    PERFORM fixture.bind(v_grantor, v_child);
END
$$;
CREATE FUNCTION pg_temp.pay(p_tag text, p_cash text DEFAULT NULL, p_transaction text DEFAULT NULL, p_fen bigint DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_body jsonb := (fixture.pay(p_tag || '-father', p_tag || '-child', 2027, NULL, CASE WHEN p_cash IS NULL THEN '{}' ELSE jsonb_build_object('cash_channel', p_cash) END)).result;
    v_id uuid := substr(v_body ->> 'id', 5)::uuid;
BEGIN
    IF p_transaction IS NOT NULL THEN
        PERFORM api.payment_cash(fixture.ctx('backend', 'staff', '{"scope": "cash", "cash_channels": ["wechatpay", "alipay", "counter"]}'), v_id, p_cash, p_transaction,
                                 coalesce(p_fen, (v_body ->> 'cash_fen')::bigint), gongji.now_cn());
    END IF;
    RETURN v_id;
END
$$;
CREATE FUNCTION pg_temp.refund(p_payment uuid, p_reason_code text DEFAULT 'other', p_sub text DEFAULT NULL) RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT api.refund_create(CASE WHEN p_sub IS NULL THEN fixture.ctx('op', 'staff', '{"scope": "refund"}') ELSE fixture.ctx(p_sub, 'citizen', '{"scope": "premium"}') END,
                             p_payment, gen_random_uuid(), p_reason_code, 'test')
$$;
CREATE FUNCTION pg_temp.result(p_refund jsonb, p_status text, p_number text DEFAULT NULL, p_channels jsonb DEFAULT '["wechatpay", "alipay", "counter"]') RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT api.refund_result(fixture.ctx('backend', 'staff', jsonb_build_object('scope', 'cash', 'cash_channels', p_channels)), substr(p_refund ->> 'id', 5)::uuid, p_status,
                             p_number, NULL)
$$;
CREATE FUNCTION pg_temp.resolve(p_payment uuid, p_action text) RETURNS gongji.outcome
LANGUAGE sql AS $$ SELECT api.payment_resolve(fixture.ctx('op', 'staff', '{"scope": "refund"}'), p_payment, p_action, 'agreed with the payer') $$;
CREATE FUNCTION pg_temp.status(p_payment uuid) RETURNS text LANGUAGE sql AS $$ SELECT status FROM gongji.payment WHERE id = p_payment $$;
CREATE FUNCTION pg_temp.account(p_no text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('/', current_fen, prior_fen, held_current_fen, held_prior_fen) FROM gongji.account WHERE person = gongji.person_of(p_no) $$;
CREATE FUNCTION pg_temp.books(p_payment uuid) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(concat_ws(' ', s.account, s.fen) ORDER BY s.account) FROM (
        SELECT account, sum(amount_fen) AS fen FROM gongji.ledger_entry WHERE payment_id = p_payment GROUP BY account HAVING sum(amount_fen) <> 0) s $$;
CREATE FUNCTION pg_temp.proof_is_green(p_after text) RETURNS text LANGUAGE sql AS $$
    SELECT is((SELECT array_agg(rule || ': ' || subject) FROM gongji.ledger_breach), NULL, 'the proof is green after ' || p_after) $$;

-- E14: refund of E1 before the benefit period
SELECT pg_temp.family('e14', '350100', 238000);
CREATE TEMP TABLE e14 AS SELECT pg_temp.pay('e14', 'wechatpay', 'wx-1') AS id;
SELECT is(pg_temp.status(id), 'succeeded', 'E1 is paid') FROM e14;
CREATE TEMP TABLE e14_refund AS SELECT (pg_temp.refund(id, 'joined_employee')).result AS body FROM e14;
SELECT is(fixture.split(body), '{aid:prior_year:380.00,cash:20.00}', 'E14 the father gets 380.00 into the same bucket, cash 20.00 goes by its channel') FROM e14_refund;
SELECT is(body ->> 'status', 'processing', 'E14 F6 it is not done on request') FROM e14_refund;
SELECT is((body -> 'cash') - 'next_action_at', jsonb_build_object('channel', 'wechatpay', 'transaction_id', 'wx-1', 'out_refund_no', replace(substr(body ->> 'id', 5), '-', ''),
          'attempts', 0, 'next_action', 'request'), 'E14 F6 with a number of its own') FROM e14_refund;
SELECT is(pg_temp.account('e14-father'), '0/238000/0/0', 'E14 the father has his money at once');
SELECT is(pg_temp.status(id), 'refunding', 'F6 the payment is refunding') FROM e14;
SELECT is(pg_temp.books(id), '{"cash_clearing -2000","cash_suspense 2000"}', 'E14 the books owe the payer 20.00') FROM e14;
SELECT pg_temp.proof_is_green('a refund under way');
SELECT is(array[o.code, o.result -> 'ALREADY_REFUNDED' ->> 'refund_id'], array['ALREADY_REFUNDED', r.body ->> 'id'], 'F7 never twice') FROM e14, e14_refund r, pg_temp.refund(id) o;
SELECT is((pg_temp.refund(id, 'other', 'e14-father')).code, 'ALREADY_REFUNDED', 'F7 by whomever') FROM e14;
SELECT is((fixture.quote('e14-father', 'e14-child', 2027)).code, 'CREATED', 'F8 the premium may be paid anew meanwhile');

-- F6: the channel's answers
SELECT is((pg_temp.result(body, 'SUCCESS', NULL, '["alipay"]')).code, 'REFUND_NOT_FOUND', 'a backend moves only refunds of its channels') FROM e14_refund;
CREATE TEMP TABLE asked AS
SELECT n, o.result, gongji.now_cn() AS at FROM e14_refund CROSS JOIN generate_series(1, 10) n CROSS JOIN LATERAL pg_temp.result(body, CASE WHEN n > 0 THEN 'PROCESSING' END) o;
SELECT is(array_agg(round(extract(epoch FROM (result #>> '{cash,next_action_at}')::timestamptz - at) / 60)::integer ORDER BY n), '{1,1,1,1,1,5,10,20,30,30}',
          'F6 asked again after 1 minute, each minute to 5, then 5, 10, 20, 30') FROM asked;
SELECT is(array_agg(DISTINCT result #>> '{cash,out_refund_no}'), array_agg(DISTINCT replace(substr(body ->> 'id', 5), '-', '')), 'F6 always under the same number') FROM asked, e14_refund;
SELECT is(array[result ->> 'status', result #>> '{cash,next_action}'], '{failed,intervene}', 'F6 ABNORMAL wants a person') FROM e14_refund, pg_temp.result(body, 'ABNORMAL');
SELECT is(pg_temp.status(id), 'refunding', 'F6 and is not final') FROM e14;
CREATE TEMP TABLE closed AS SELECT o.result FROM e14_refund, pg_temp.result(body, 'CLOSED') o;
SELECT is(array[result ->> 'status', result #>> '{cash,next_action}', result #>> '{cash,out_refund_no}'],
          array['processing', 'request', replace(substr(result ->> 'id', 5), '-', '') || '-2'], 'F6 CLOSED starts anew under a new number') FROM closed;
SELECT is((pg_temp.result(body, 'SUCCESS', replace(substr(body ->> 'id', 5), '-', ''))).code, 'REFUND_NUMBER_STALE', 'F6 news of the closed number counts no more') FROM e14_refund;
SELECT pg_temp.proof_is_green('a refund closed');
SELECT is(o.result ->> 'status', 'succeeded', 'F6 SUCCESS ends it') FROM closed c, pg_temp.result(c.result, 'SUCCESS', c.result #>> '{cash,out_refund_no}') o;
SELECT is(pg_temp.status(id), 'refunded', 'E14 and the payment is refunded') FROM e14;
SELECT is(pg_temp.books(id), NULL, 'E14 the books owe nobody') FROM e14;
SELECT is((pg_temp.result(body, 'SUCCESS')).result ->> 'status', 'succeeded', 'F6 told again it is what it was') FROM e14_refund;
SELECT is((pg_temp.result(body, 'ABNORMAL')).code, 'REFUND_ALREADY_FINAL', 'F6 and nothing undoes it') FROM e14_refund;
SELECT pg_temp.proof_is_green('a refund done');
SELECT is((SELECT array_agg(e ->> 'event') FROM jsonb_array_elements(g.result -> 'history') e),
          '{created,processing,processing,processing,processing,processing,processing,processing,processing,processing,processing,abnormal,closed,success}', 'F6 its history tells all')
  FROM e14_refund, api.refund_get(fixture.ctx('op', 'staff', '{"scope": "refund"}'), substr(body ->> 'id', 5)::uuid) g;

-- F7: own 100 + father 280 + cash 20, after unbinding, into the buckets of today
SELECT pg_temp.family('f7', '350100', 0, 10000);
SELECT fixture.money(gongji.person_of('f7-father'), 'current_year', 228000);
CREATE TEMP TABLE f7 AS SELECT pg_temp.pay('f7', 'counter', 'c-1') AS id;
SELECT is(fixture.split(jsonb_build_object('legs', legs)), '{own:current_year:100.00,aid:current_year:280.00,cash:20.00}', 'F7 own 100, father 280, cash 20') FROM gongji.payment, f7 WHERE payment.id = f7.id;
UPDATE gongji.binding SET status = 'released' WHERE grantor = gongji.person_of('f7-father');
UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of('f7-father');
SELECT fixture.clock('2027-01-05 10:00+08');
SELECT is((pg_temp.refund(id, 'joined_employee')).code, 'REFUND_PERIOD_ENDED', 'P-28 after the cover began nothing is given back') FROM f7;
SELECT is((pg_temp.refund(id, 'duplicate', 'f7-father')).code, 'REFUND_PERIOD_ENDED', 'P-28 whatever the payer says') FROM f7;
SELECT is(fixture.split(result), '{own:prior_year:100.00,aid:prior_year:280.00,cash:20.00}', 'F7 P-29 but staff correct a duplicate: each leg to its account, where that year''s money lies now')
  FROM f7, pg_temp.refund(id, 'duplicate');
SELECT is(pg_temp.account('f7-father') || ' ' || pg_temp.account('f7-child'), '0/228000/0/0 0/10000/0/0', 'F7 released and frozen or not');
SELECT pg_temp.proof_is_green('a refund after New Year and release');
SELECT fixture.clock('2026-11-21 11:00+08');

-- Without cash: at once; reasons and policies
SELECT pg_temp.family('plain', '340500', 40000);
CREATE TEMP TABLE plain AS SELECT pg_temp.pay('plain') AS id;
SELECT is((pg_temp.refund(id, 'other', 'plain-child')).code, 'PAYMENT_NOT_FOUND', 'only the payer asks, or staff') FROM plain;
SELECT is((api.refund_create(fixture.ctx('op', 'staff', '{"scope": "refund", "areas": ["350100"]}'), id, gen_random_uuid(), 'other', NULL)).code, 'PAYMENT_NOT_FOUND', 'staff of the area') FROM plain;
SELECT is(array[o.code, result ->> 'status', pg_temp.status(id)], '{CREATED,succeeded,refunded}', 'P-28 before the cover the payer may take it back') FROM plain, pg_temp.refund(id, 'other', 'plain-father') o;
SELECT is(pg_temp.status(id) || ' ' || pg_temp.account('plain-father'), 'refunded 0/40000/0/0', 'and with no cash in it, it is done at once') FROM plain;
SELECT pg_temp.family('never', '340100', 40000);
CREATE TEMP TABLE never AS SELECT pg_temp.pay('never') AS id;
SELECT is((pg_temp.refund(id, 'joined_employee')).code, 'REFUND_PERIOD_ENDED', 'P-28 some areas give nothing back') FROM never;
SELECT is((pg_temp.refund(id, 'wrong_insured')).code, 'CREATED', 'S0-41 but what was an error is corrected') FROM never;
SELECT pg_temp.family('ever', '320100', 40000);
CREATE TEMP TABLE ever AS SELECT pg_temp.pay('ever') AS id;
SELECT fixture.clock('2027-06-01 10:00+08');
SELECT is((pg_temp.refund(id, 'other', 'ever-father')).code, 'CREATED', 'P-28 some have no limit') FROM ever;
SELECT fixture.clock('2026-11-21 11:00+08');

-- S0-41 F8: wrong child: reversal and a new order, both visible
SELECT pg_temp.family('f8', '340500', 80000);
SELECT fixture.bind(gongji.person_of('f8-father'), fixture.person('f8-twin', '340500', 'resident', 'normal', 'general', '2019-04-01'));
CREATE TEMP TABLE f8 AS SELECT pg_temp.pay('f8') AS id;
SELECT is((pg_temp.refund(id, 'wrong_insured')).code, 'CREATED', 'F8 the payment for the wrong twin is reversed') FROM f8;
SELECT is((fixture.pay('f8-father', 'f8-twin', 2027)).code, 'CREATED', 'F8 the right one is paid');
SELECT is((SELECT array_agg(concat_ws(' ', kind, amount_fen) ORDER BY account_version) FROM gongji.ledger_entry WHERE person = gongji.person_of('f8-father') AND kind <> 'contribution'),
          '{"premium -40000","refund 40000","premium -40000"}', 'F8 both are visible');
SELECT pg_temp.proof_is_green('a correction');

-- Leaving manual_review
SELECT pg_temp.family('less', '340500', 30000);
CREATE TEMP TABLE less AS SELECT pg_temp.pay('less', 'wechatpay', 'wx-2', 9900) AS id;
SELECT is((pg_temp.refund(id)).code, 'PAYMENT_NOT_REFUNDABLE', 'what is not paid is not refunded') FROM less;
SELECT is((pg_temp.resolve(id, 'accept')).result ->> 'status', 'succeeded', 'F5 accept completes it') FROM less;
SELECT is(pg_temp.books(id), '{"personal -30000","premium_fund 40000","cash_clearing -9900","cash_difference -100"}', 'F5 what is missing is told as a difference') FROM less;
SELECT is((pg_temp.resolve(id, 'accept')).code, 'PAYMENT_NOT_IN_REVIEW', 'once') FROM less;
SELECT pg_temp.proof_is_green('too little cash accepted');
SELECT is(fixture.split(result), '{aid:prior_year:300.00,cash:99.00}', 'F7 a refund gives back what came, no more') FROM less, pg_temp.refund(id);
SELECT is(pg_temp.books(id), '{"cash_clearing -9900","cash_suspense 9900"}', 'F7 and the difference is gone') FROM less;

SELECT pg_temp.family('more', '340500', 30000);
CREATE TEMP TABLE more AS SELECT pg_temp.pay('more', 'wechatpay', 'wx-3', 12000) AS id;
SELECT is((pg_temp.resolve(id, 'accept')).result ->> 'status', 'succeeded', 'F5 too much is accepted, too') FROM more;
SELECT is((SELECT concat_ws(' ', r.status, r.reason_code, r.cash_fen) FROM gongji.refund r WHERE r.payment_id = m.id), 'processing excess_cash 2000', 'F5 and the excess goes back') FROM more m;
SELECT is(fixture.split(result), '{aid:prior_year:300.00,cash:100.00}', 'F7 a refund later gives back the rest') FROM more, pg_temp.refund(id);
SELECT pg_temp.proof_is_green('too much cash');

SELECT pg_temp.family('back', '340500', 30000);
CREATE TEMP TABLE back AS SELECT pg_temp.pay('back', 'alipay', 'ali-1', 1) AS id;
SELECT is((pg_temp.resolve(id, 'refund_cash')).result ->> 'status', 'cancelled', 'F5 or all cash goes back') FROM back;
SELECT is(pg_temp.account('back-father'), '0/30000/0/0', 'F5 and the hold is lifted');
SELECT is((SELECT concat_ws(' ', r.cash_channel, r.cash_fen, r.status) FROM gongji.refund r WHERE r.payment_id = b.id), 'alipay 1 processing', 'F5 by its channel') FROM back b;
SELECT pg_temp.proof_is_green('cash sent back');

-- Cash of nobody's order, and what is stuck
SELECT gongji.cash_settle(fixture.ctx('wechatpay'), 'no-such-order', 'wechatpay', 'wx-9', 500, now());
CREATE FUNCTION pg_temp.work(p_areas jsonb DEFAULT '["*"]') RETURNS jsonb LANGUAGE sql AS $$
    SELECT (api.work_item_list(fixture.ctx('op', 'staff', jsonb_build_object('scope', 'refund', 'areas', p_areas)), '{}', NULL, 100)).result -> 'data' $$;
CREATE TEMP TABLE nobody AS SELECT w FROM jsonb_array_elements(pg_temp.work()) w WHERE w ->> 'kind' = 'cash';
SELECT is(w ->> 'next_action', 'refund', 'F5 cash of an unknown order is work for staff') FROM nobody;
SELECT is((api.cash_resolve(fixture.ctx('op', 'staff', '{"scope": "refund", "areas": ["340500"]}'), substr(w ->> 'id', 5)::uuid, 'x')).code, 'CASH_NOT_FOUND', 'of all areas') FROM nobody;
CREATE TEMP TABLE nobody_back AS SELECT o.* FROM nobody, api.cash_resolve(fixture.ctx('op', 'staff', '{"scope": "refund"}'), substr(w ->> 'id', 5)::uuid, 'x') o;
SELECT is(array[code, result ->> 'status', result ->> 'reason_code'], '{CREATED,processing,unknown_order}', 'F5 it goes back') FROM nobody_back;
SELECT is((api.cash_resolve(fixture.ctx('op', 'staff', '{"scope": "refund"}'), substr(w ->> 'id', 5)::uuid, 'x')).code, 'ALREADY_REFUNDED', 'F5 once') FROM nobody;
SELECT is(o.result ->> 'status', 'succeeded', 'F5 until the channel has done so') FROM nobody_back b, pg_temp.result(b.result, 'SUCCESS') o;
SELECT pg_temp.proof_is_green('nobody''s cash returned');

SELECT pg_temp.family('stuck', '340500', 30000);
CREATE TEMP TABLE stuck AS SELECT pg_temp.pay('stuck', 'wechatpay', 'wx-10', 1) AS id;
SELECT is((SELECT w ->> 'next_action' FROM jsonb_array_elements(pg_temp.work()) w WHERE w ->> 'id' = 'pay_' || id), 'resolve', 'a payment in review is work') FROM stuck;
SELECT is((SELECT array_agg(DISTINCT w ->> 'kind' ORDER BY w ->> 'kind') FROM jsonb_array_elements(pg_temp.work()) w), '{payment,refund}', 'refunds are, too');
SELECT is(pg_temp.work('["320100"]'), '[]', 'of the areas of those who ask');
SELECT is(array_agg(w ->> 'due_at'), array_agg(w ->> 'due_at' ORDER BY w ->> 'due_at'), 'in the order in which they are due') FROM jsonb_array_elements(pg_temp.work()) w;
SELECT fixture.clock('2026-11-21 12:00+08');
SELECT pg_temp.family('sleepy', '340500', 30000);
CREATE TEMP TABLE sleepy AS SELECT pg_temp.pay('sleepy', 'wechatpay') AS id;
SELECT fixture.clock('2026-11-21 12:35+08');
SELECT is((SELECT w ->> 'next_action' FROM jsonb_array_elements(pg_temp.work()) w WHERE w ->> 'id' = 'pay_' || id), 'wait_for_release', 'as is one that nobody swept') FROM sleepy;

-- The proof finds refunds that were tampered with
CREATE FUNCTION pg_temp.breaks(p_tamper text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    v_rules text[];
BEGIN
    BEGIN
        EXECUTE p_tamper;
        SELECT array_agg(DISTINCT rule ORDER BY rule) INTO v_rules FROM gongji.ledger_breach;
        RAISE EXCEPTION USING ERRCODE = 'UNDO0', MESSAGE = 'undone';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
        RETURN v_rules;
    END;
END
$$;
SELECT is(pg_temp.breaks($$ UPDATE gongji.refund SET legs = jsonb_set(legs, '{0,amount_fen}', '1') WHERE whole AND account_fen > 0 $$), '{refunds_mirror_payments}', 'F20 a leg changed');
SELECT is(pg_temp.breaks($$ UPDATE gongji.refund SET status = 'succeeded', next_action = NULL WHERE whole $$), '{clearing_equals_channels,refunds_mirror_payments,suspense_equals_open_cash}',
          'F20 a refund said to be done');
SELECT is(pg_temp.breaks($$ DELETE FROM gongji.refund WHERE whole $$), '{clearing_equals_channels,refunds_mirror_payments,suspense_equals_open_cash}', 'F20 a refund forgotten');
SELECT throws_ok($$ INSERT INTO gongji.refund SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid()))).* FROM gongji.refund r WHERE whole $$, '23505', NULL,
                 'F7 not even by hand is a payment refunded twice');

SELECT * FROM finish();
ROLLBACK;
