-- Cash for the shortfall: holds, what each piece of cash comes to, and books that tell of every fen (S0-28, S0-40, F4, F5, P-36).
BEGIN;
SELECT no_plan();

SELECT fixture.clock('2026-11-21 10:00+08');
SELECT fixture.policy('340500');
SELECT fixture.policy('350100', '{"retained_minimum_fen": 200000, "shareable_buckets": ["prior_year", "current_year"]}');
SELECT fixture.standard(a, 2027, 40000, '[{"from": "2026-09-01", "to": "2027-01-31"}]') FROM unnest(ARRAY['340500', '350100']) a;
SELECT fixture.standard('340500', 2028, 42000, '[{"from": "2026-09-01", "to": "2027-12-31"}]');

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
-- A payment by the father that waits for cash; its id.
CREATE FUNCTION pg_temp.wait(p_tag text, p_channel text DEFAULT 'wechatpay', p_year integer DEFAULT 2027) RETURNS uuid
LANGUAGE sql AS $$
    SELECT substr((fixture.pay(p_tag || '-father', p_tag || '-child', p_year, NULL, jsonb_build_object('cash_channel', p_channel))).result ->> 'id', 5)::uuid
$$;
CREATE FUNCTION pg_temp.cash(p_payment uuid, p_fen bigint, p_transaction text, p_channel text DEFAULT 'wechatpay') RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT api.payment_cash(fixture.ctx('backend', 'staff', '{"scope": "cash", "cash_channels": ["wechatpay", "alipay", "counter"]}'), p_payment, p_channel,
                            p_transaction, p_fen, gongji.now_cn())
$$;
CREATE FUNCTION pg_temp.status(p_payment uuid) RETURNS text LANGUAGE sql AS $$ SELECT status FROM gongji.payment WHERE id = p_payment $$;
CREATE FUNCTION pg_temp.account(p_no text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('/', current_fen, prior_fen, held_current_fen, held_prior_fen) FROM gongji.account WHERE person = gongji.person_of(p_no) $$;
CREATE FUNCTION pg_temp.story(p_payment uuid) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(concat_ws(' ', e.event, e.status) ORDER BY e.n) FROM gongji.payment_event e WHERE e.subject_id = p_payment $$;
CREATE FUNCTION pg_temp.sweep() RETURNS jsonb LANGUAGE sql AS $$ SELECT (api.payments_expire('{}', 100)).result $$;
CREATE FUNCTION pg_temp.suspense() RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce(sum(amount_fen), 0)::bigint FROM gongji.ledger_entry WHERE account = 'cash_suspense' $$;
CREATE FUNCTION pg_temp.proof_is_green(p_after text) RETURNS text LANGUAGE sql AS $$
    SELECT is((SELECT array_agg(rule || ': ' || subject) FROM gongji.ledger_breach), NULL, 'the proof is green after ' || p_after) $$;

-- E1 with cash: the father's 380.00 are held, nothing is taken
SELECT pg_temp.family('e1', '350100', 238000);
CREATE TEMP TABLE e1 AS SELECT (fixture.pay('e1-father', 'e1-child', 2027, NULL, '{"cash_channel": "wechatpay"}')).result AS body;
CREATE TEMP TABLE e1_id AS SELECT substr(body ->> 'id', 5)::uuid AS id FROM e1;
SELECT is(body ->> 'status', 'awaiting_cash', 'S0-40 a shortfall with a cash channel waits for its cash') FROM e1;
SELECT is(body -> 'cash', jsonb_build_object('channel', 'wechatpay', 'out_trade_no', replace(i.id::text, '-', ''), 'amount_fen', 2000, 'expires_at', body #> '{cash,expires_at}'),
          'S0-28 it says where, under which number and how much') FROM e1, e1_id i;
SELECT is((body #>> '{cash,expires_at}')::timestamptz - (body ->> 'created_at')::timestamptz, '30 minutes', 'S0-40 it waits as long as the policy says') FROM e1;
SELECT ok(NOT body ? 'receipt_no', 'S0-29 there is no receipt yet') FROM e1;
SELECT is(pg_temp.account('e1-father'), '0/238000/0/38000', 'F4 the father''s part is held, not taken');
SELECT is((fixture.quote('e1-father', 'e1-child', 2027)).code, 'PREMIUM_PAYMENT_PENDING', 'P-36 the premium is spoken for while it waits');
SELECT is((fixture.pay('e1-child', 'e1-child', 2027)).codes, '{PREMIUM_PAYMENT_PENDING}', 'P-36 by whatever way');
SELECT fixture.bind(gongji.person_of('e1-father'), fixture.person('e1-sister', '350100', 'resident', 'normal', 'general', '2021-04-01'));
SELECT is(fixture.split((fixture.quote('e1-father', 'e1-sister', 2027)).result), '{cash:400.00}', 'F4 held money is not there for another payment');
SELECT pg_temp.proof_is_green('a hold');

SELECT is((api.payment_cash(fixture.ctx('backend', 'staff', '{"scope": "cash", "cash_channels": ["alipay"]}'), id, 'wechatpay', 'x', 2000, now())).code,
          'CASH_CHANNEL_NOT_ALLOWED', 'a backend reports only the channels of its issuer') FROM e1_id;
SELECT is((pg_temp.cash(gen_random_uuid(), 2000, 'x')).code, 'PAYMENT_NOT_FOUND', 'cash is not reported for a payment that does not exist');

CREATE TEMP TABLE e1_paid AS SELECT o.* FROM e1_id, pg_temp.cash(id, 2000, 'wx-1') o;
SELECT is(result ->> 'status', 'succeeded', 'E1 S0-40 the awaited cash completes the payment') FROM e1_paid;
SELECT matches(result ->> 'receipt_no', '^35010020261121', 'S0-29 and it has its receipt') FROM e1_paid;
SELECT is(result -> 'received', '{"channel": "wechatpay", "transaction_id": "wx-1", "amount_fen": 2000, "outcome": "captured"}', 'F5 the cash is told as captured') FROM e1_paid;
SELECT is(pg_temp.account('e1-father'), '0/200000/0/0', 'E1 the father''s 380.00 are taken, the minimum stays');
SELECT is((SELECT array_agg(concat_ws(' ', account, bucket, amount_fen) ORDER BY account, amount_fen) FROM gongji.ledger_entry WHERE payment_id = i.id),
          '{"personal prior_year -38000","premium_fund 40000","cash_clearing -2000"}', 'E1 the fund gets the whole: 380.00 of the father and 20.00 cash') FROM e1_id i;
SELECT is((o.result - 'created_at'), (p.result - 'created_at'), 'F5 the same notice again is answered the same') FROM e1_id, pg_temp.cash(id, 2000, 'wx-1') o, e1_paid p;
SELECT is((pg_temp.cash(id, 1999, 'wx-1')).code, 'CASH_TRANSACTION_REUSED', 'F5 the same transaction with another amount is refused') FROM e1_id;
SELECT is(pg_temp.story(id), '{"captured succeeded"}', 'F5 and happened once') FROM e1_id;
SELECT is((SELECT array_agg(d ->> 'event' ORDER BY n) FROM jsonb_array_elements(h.result -> 'data') WITH ORDINALITY AS x (d, n)), '{created,captured}', 'the history tells it')
  FROM e1_id, api.payment_history(fixture.ctx('e1-child'), id) h;
SELECT is((api.payment_history(fixture.ctx('e1-sister'), id)).code, 'PAYMENT_NOT_FOUND', 'to those it concerns') FROM e1_id;
SELECT pg_temp.proof_is_green('a capture');

-- Two channels both paid: the first completes, the second goes back
SELECT is(result -> 'received' ->> 'outcome', 'to_refund', 'F5 cash by a second channel becomes a task to pay back') FROM e1_id, pg_temp.cash(id, 2000, 'ali-1', 'alipay');
SELECT is(pg_temp.status(id), 'succeeded', 'F5 the payment stands') FROM e1_id;
SELECT is((SELECT array[r.status, r.reason_code, r.cash_channel, r.transaction_id, r.next_action, r.cash_fen::text] FROM gongji.refund r WHERE r.payment_id = i.id),
          '{processing,other_cash_first,alipay,ali-1,request,2000}', 'F5 by its own channel, with the next thing to do') FROM e1_id i;
SELECT is(pg_temp.suspense(), 2000::bigint, 'the books tell that this cash is not ours');
SELECT pg_temp.proof_is_green('cash by two channels');

-- Wrong amount
SELECT pg_temp.family('wrong', '340500', 30000);
CREATE TEMP TABLE wrong AS SELECT pg_temp.wait('wrong') AS id;
SELECT is(result ->> 'status', 'manual_review', 'F5 another amount is never a success, staff decide') FROM wrong, pg_temp.cash(id, 9999, 'wx-2');
SELECT is(pg_temp.account('wrong-father'), '0/30000/0/30000', 'F5 the hold stands meanwhile');
SELECT is(result -> 'received' ->> 'outcome', 'to_refund', 'F5 more cash meanwhile goes back') FROM wrong, pg_temp.cash(id, 10000, 'wx-3');
SELECT is((fixture.pay('wrong-father', 'wrong-child', 2027)).code, 'PREMIUM_PAYMENT_PENDING', 'P-36 the premium stays spoken for');
SELECT is((api.payment_cancel(fixture.ctx('wrong-father'), id)).code, 'PAYMENT_NOT_CANCELLABLE', 'F5 and nobody cancels it past the staff') FROM wrong;
SELECT pg_temp.proof_is_green('a wrong amount');

-- Cancelled, then late cash
SELECT pg_temp.family('cancel', '340500', 30000);
CREATE TEMP TABLE cancel AS SELECT pg_temp.wait('cancel') AS id;
SELECT is((api.payment_cancel(fixture.ctx('e1-father'), id)).code, 'PAYMENT_NOT_FOUND', 'nobody else cancels a payment') FROM cancel;
SELECT is(result ->> 'status', 'cancelled', 'the payer cancels') FROM cancel, api.payment_cancel(fixture.ctx('cancel-father'), id);
SELECT is(pg_temp.account('cancel-father'), '0/30000/0/0', 'what was held is free');
SELECT is((api.payment_cancel(fixture.ctx('cancel-father'), id)).code, 'PAYMENT_NOT_CANCELLABLE', 'once') FROM cancel;
SELECT is(array[result ->> 'status', result -> 'received' ->> 'outcome'], '{cancelled,to_refund}', 'F4 late cash is not lost, it goes back') FROM cancel, pg_temp.cash(id, 10000, 'wx-4');
SELECT is(pg_temp.story(id), '{"cancelled cancelled","cash_to_refund cancelled"}', 'F4 with the history to explain it') FROM cancel;
SELECT isnt(pg_temp.wait('cancel', 'counter'), NULL, 'and the premium may be paid anew');
SELECT is(count(*), 2::bigint, 'both are visible') FROM gongji.payment WHERE insured = gongji.person_of('cancel-child');
SELECT pg_temp.proof_is_green('late cash');

-- Expiry: the sweeper releases, the row's state decides and not the clock
SELECT pg_temp.family('expire', '340500', 30000);
SELECT pg_temp.family('slow', '340500', 30000);
CREATE TEMP TABLE expire AS SELECT pg_temp.wait('expire') AS id, pg_temp.wait('slow') AS slow;
SELECT fixture.clock('2026-11-21 10:29+08');
SELECT is(pg_temp.sweep(), '{"expired": 0, "adopted": false}', 'F4 nothing expires early');
SELECT fixture.clock('2026-11-21 10:31+08');
SELECT is(result ->> 'status', 'succeeded', 'F4 cash after the time, but before anyone released, completes the payment') FROM expire, pg_temp.cash(slow, 10000, 'wx-5');
SELECT is(pg_temp.sweep(), '{"expired": 2, "adopted": false}', 'F4 the others expire');
SELECT is(pg_temp.status(id), 'expired', 'F4 expired') FROM expire;
SELECT is(pg_temp.account('expire-father'), '0/30000/0/0', 'F4 the hold is released');
SELECT is(pg_temp.sweep(), '{"expired": 0, "adopted": false}', 'F4 once');
SELECT is(result -> 'received' ->> 'outcome', 'to_refund', 'F4 cash after expiry goes back') FROM expire, pg_temp.cash(id, 10000, 'wx-6');
SELECT is((SELECT reason_code FROM gongji.refund WHERE transaction_id = 'wx-6'), 'late_cash', 'F4 as late');
SELECT pg_temp.proof_is_green('expiry');

-- Freeze and death cancel what is held, of everyone in the payment
SELECT pg_temp.family('freeze', '340500', 20000, 10000);
CREATE TEMP TABLE icy AS SELECT pg_temp.wait('freeze') AS id;
SELECT is(pg_temp.account('freeze-child') || ' ' || pg_temp.account('freeze-father'), '10000/0/10000/0 0/20000/0/20000', 'own and aid are held');
SELECT is((api.person_freeze(fixture.ctx('op', 'staff'), 'freeze-father', true, 'test')).code, 'OK', 'a freeze');
SELECT is(pg_temp.status(id), 'cancelled', 'F12 cancels payments that hold the person''s money') FROM icy;
SELECT is(pg_temp.account('freeze-child') || ' ' || pg_temp.account('freeze-father'), '10000/0/0/0 0/20000/0/0', 'F12 everybody''s part is free');
SELECT is(result -> 'received' ->> 'outcome', 'to_refund', 'F12 cash that still comes goes back') FROM icy, pg_temp.cash(id, 10000, 'wx-7');

SELECT pg_temp.family('dies', '340500', 20000);
CREATE TEMP TABLE dies AS SELECT pg_temp.wait('dies') AS id;
SELECT pg_temp.cash(id, 1, 'wx-8') FROM dies;
SELECT is(pg_temp.status(id), 'manual_review', 'a payment in review') FROM dies;
SELECT is((api.person_put(fixture.ctx('op', 'staff'), to_jsonb(p) || '{"status": "deceased"}'
              || (SELECT jsonb_object_agg(m.name, '{' || m.value || '}') FROM (VALUES ('name_digests', 'name:dies-father'), ('blind_indexes', 'id:dies-father'),
                  ('match_digests', 'match:dies-father'), ('index_key_ids', 'k1')) AS m (name, value)))).code, 'OK', 'a death is registered')
  FROM gongji.person p WHERE p.person_no = 'dies-father';
SELECT is(pg_temp.status(id), 'cancelled', 'F12 a death cancels it, review or not') FROM dies;
SELECT is((SELECT state FROM gongji.cash_transaction WHERE transaction_id = 'wx-8'), 'to_refund', 'F12 and the cash in review goes back');
SELECT is(pg_temp.account('dies-father'), '0/20000/0/0', 'F12 nothing of the estate is held');
SELECT pg_temp.proof_is_green('freeze and death');

-- A pause or a release leaves existing holds standing
SELECT pg_temp.family('pause', '340500', 30000);
CREATE TEMP TABLE pause AS SELECT pg_temp.wait('pause') AS id;
UPDATE gongji.person SET status = 'paused' WHERE person_no = 'pause-father';
UPDATE gongji.binding SET status = 'released' WHERE grantor = gongji.person_of('pause-father');
SELECT is(result ->> 'status', 'succeeded', 'F10 what was held before stands') FROM pause, pg_temp.cash(id, 10000, 'wx-9');

-- New Year between hold and capture
SELECT pg_temp.family('year', '350100', 0);
SELECT fixture.money(gongji.person_of('year-father'), 'current_year', 238000);
SELECT fixture.standard('350100', 2027, 50000, '[{"from": "2026-09-01", "to": "2027-01-31"}]', '[{"person_class": "severe_disability", "mode": "fixed", "amount_fen": 10000}]');
UPDATE gongji.person SET person_class = 'severe_disability' WHERE person_no = 'year-child';
SELECT fixture.clock('2026-12-31 23:59:50+08');
CREATE TEMP TABLE year AS SELECT pg_temp.wait('year') AS id;
SELECT is(pg_temp.account('year-father'), '238000/0/38000/0', 'F13 held of this year''s money');
SELECT fixture.clock('2027-01-01 00:00:05+08');
SELECT is((api.account_get(ARRAY[fixture.ctx('year-father')], ARRAY[NULL], false)).result -> 'held', '{"current_year_fen": 0, "prior_year_fen": 38000}', 'F13 the hold moves with the money');
SELECT pg_temp.proof_is_green('New Year with a hold');
SELECT is(fixture.split(result), '{subsidy:100.00,aid:prior_year:380.00,cash:20.00}', 'F13 captured from where that year''s money lies now') FROM year, pg_temp.cash(id, 2000, 'wx-10');
SELECT is((SELECT array_agg(concat_ws(' ', kind, bucket, money_year, amount_fen) ORDER BY account_version) FROM gongji.ledger_entry
            WHERE person = gongji.person_of('year-father') AND kind <> 'contribution'),
          '{"rollover prior_year 2026 238000","rollover current_year 2026 -238000","premium prior_year 2026 -38000"}', 'F13 with the year it belongs to');
SELECT is(pg_temp.account('year-father'), '0/200000/0/0', 'F13 once');
SELECT pg_temp.proof_is_green('New Year');

-- Released after New Year, untouched
SELECT fixture.clock('2027-01-02 10:00+08');
SELECT pg_temp.family('old', '350100', 0);
SELECT fixture.money(gongji.person_of('old-father'), 'current_year', 238000);
CREATE TEMP TABLE old AS SELECT pg_temp.wait('old') AS id;
SELECT fixture.clock('2028-01-02 10:00+08');
SELECT pg_temp.sweep();
SELECT is(pg_temp.status(id) || ' ' || pg_temp.account('old-father'), 'expired 238000/0/0/0', 'F13 an expired hold is lifted where it stands') FROM old;
SELECT pg_temp.proof_is_green('an old hold released');

-- Cash for nobody's order is kept; when its payment shows up after all, it counts
SELECT is((gongji.cash_settle(fixture.ctx('wechatpay'), 'no-such-order', 'wechatpay', 'wx-11', 500, now())).state, 'manual_review', 'F5 an unknown order''s cash is kept for staff');
SELECT fixture.clock('2027-01-02 10:00+08');
SELECT pg_temp.family('early', '340500', 30000);
SELECT gongji.cash_settle(fixture.ctx('wechatpay'), replace('0199d5c5-03f7-7a62-8d1b-94e6b0c7f215', '-', ''), 'wechatpay', 'wx-12', 10000, now());
SELECT pg_temp.proof_is_green('cash of unknown orders');
CREATE TEMP TABLE early AS SELECT pg_temp.wait('early') AS id;
UPDATE gongji.cash_transaction SET out_trade_no = replace(e.id::text, '-', '') FROM early e WHERE transaction_id = 'wx-12';
SELECT is(pg_temp.sweep() ->> 'adopted', 'true', 'F5 a notice that was faster than the commit of its payment');
SELECT is(pg_temp.status(id), 'succeeded', 'F5 completes it all the same') FROM early;
SELECT is((SELECT payment_id FROM gongji.cash_transaction WHERE transaction_id = 'wx-11'), NULL, 'F5 the unknown one stays with staff');
SELECT is(pg_temp.sweep() ->> 'adopted', 'false', 'F5 once');
SELECT pg_temp.proof_is_green('adopted cash');

SELECT is((api.work_gauges('{}')).result, (SELECT jsonb_build_object(
    'payments_awaiting_cash', (SELECT count(*) FROM gongji.payment WHERE status = 'awaiting_cash'), 'payments_in_review', 1, 'refunds_processing', (SELECT count(*) FROM gongji.refund), 'refunds_failed', 0, 'cash_unknown', 1)),
    'what is not done is counted');

-- No shortfall: the channel makes no difference; nothing payable neither
SELECT pg_temp.family('rich', '340500', 100000);
SELECT is(array[result ->> 'status', result ->> 'cash'], '{succeeded,NULL}', 'S0-28 without a shortfall a cash channel changes nothing')
  FROM fixture.pay('rich-father', 'rich-child', 2027, NULL, '{"cash_channel": "alipay"}');
SELECT pg_temp.family('poor', '340500', 0);
SELECT is(fixture.split(result), '{cash:400.00}', 'S0-39 the whole premium may be cash') FROM fixture.pay('poor-father', 'poor-child', 2027, NULL, '{"cash_channel": "counter"}');

-- The proof finds holds and cash that were tampered with
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
SELECT is(pg_temp.breaks($$ UPDATE gongji.hold SET amount_fen = amount_fen - 1 WHERE state = 'held' $$), '{held_equals_holds,holds_equal_legs}', 'F20 a hold changed');
SELECT is(pg_temp.breaks($$ UPDATE gongji.hold SET state = 'released' WHERE state = 'held' $$), '{held_equals_holds,holds_equal_legs}', 'F20 a hold lost');
SELECT is(pg_temp.breaks($$ UPDATE gongji.payment SET status = 'cancelled' WHERE status = 'manual_review' $$), '{holds_equal_legs}', 'F20 a payment ended with its holds');
SELECT is(pg_temp.breaks($$ DELETE FROM gongji.cash_transaction WHERE transaction_id = 'wx-11' $$), '{clearing_equals_channels,suspense_equals_open_cash}', 'F20 cash forgotten');
SELECT is(pg_temp.breaks($$ UPDATE gongji.refund SET cash_fen = 1 WHERE transaction_id = 'wx-6' $$), '{suspense_equals_open_cash}', 'F20 less goes back than came');
SELECT throws_ok($$ DELETE FROM gongji.payment_event $$, '42501', NULL, 'S0-45 the history is append-only');

SELECT * FROM finish();
ROLLBACK;
