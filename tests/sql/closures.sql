-- Closing an account: the rest is paid out at once, every binding ends (P-30).
BEGIN;
SELECT no_plan();
SELECT fixture.clock('2026-11-21 10:00+08');
SELECT fixture.policy('340500');
CREATE TEMP TABLE who AS SELECT fixture.person('C-FATHER') AS father, fixture.person('C-MOTHER') AS mother, fixture.person('C-GIRL', p_scheme => 'resident') AS girl;
SELECT fixture.money(father, 'prior_year', 70000), fixture.money(father, 'current_year', 500), fixture.money(mother, 'prior_year', 5) FROM who;
CREATE TEMP TABLE bound AS SELECT fixture.bind(father, girl) AS girl, fixture.bind(mother, father, 'spouse') AS mother, fixture.bind(father, mother, 'spouse', 1, 'pending_review') AS pending,
                                  fixture.bind(mother, girl) AS others FROM who;
CREATE FUNCTION pg_temp.close(p_no text, p_more jsonb DEFAULT '{}') RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.account_close(fixture.ctx('op', 'staff', p_more), p_no, gen_random_uuid(), '去世', 'sealed') $$;
CREATE FUNCTION pg_temp.proof() RETURNS jsonb LANGUAGE sql AS $$ SELECT (api.ledger_proof('{}')).result -> 'ok' $$;

SELECT api.person_freeze(fixture.ctx('op', 'staff'), 'C-FATHER', true, 'court');
SELECT is((pg_temp.close('C-FATHER')).codes, '{ACCOUNT_FROZEN}', 'a frozen account is not paid out');
SELECT api.person_freeze(fixture.ctx('op', 'staff'), 'C-FATHER', false, 'court');
UPDATE gongji.account SET under_review = true WHERE person = (SELECT father FROM who);
SELECT is((pg_temp.close('C-FATHER')).codes, '{ACCOUNT_UNDER_REVIEW}', 'F20: nor one whose books do not prove');
UPDATE gongji.account SET under_review = false WHERE person = (SELECT father FROM who);
SELECT is((pg_temp.close('C-FATHER', '{"areas": ["350000"]}')).code, 'PERSON_NOT_FOUND', 'staff of elsewhere find nobody');

CREATE TEMP TABLE closed AS SELECT (pg_temp.close('C-FATHER')).*;
SELECT is(code, 'CREATED', 'P-30: the account is closed') FROM closed;
SELECT is(result - 'id' - 'closed_at' - 'released_bindings', '{"person_id": "C-FATHER", "amount_fen": 70500, "reason": "去世", "buckets": {"current_year_fen": 500, "prior_year_fen": 70000}}',
          'P-30: all that was left is paid out') FROM closed;
SELECT is((SELECT (current_fen, prior_fen, version)::text FROM gongji.account a, who WHERE a.person = father), '(0,0,4)', 'the account is empty');
SELECT results_eq($$ SELECT e.account::text, e.bucket::text, e.money_year, e.amount_fen, e.balance_after_fen FROM gongji.ledger_entry e, closed c
                      WHERE 'clo_' || e.movement_id = c.result ->> 'id' ORDER BY e.account_version $$,
    $$ VALUES ('personal', 'prior_year', 2025, -70000::bigint, 500::bigint), ('personal', 'current_year', 2026, -500, 0), ('payout_clearing', NULL, 2026, 70500, NULL) $$,
    'its movement takes earlier years'' money first and sums to zero');
SELECT is(pg_temp.proof(), 'true', 'the books prove');
SELECT results_eq('SELECT b.status FROM gongji.binding b, bound WHERE b.id IN (girl, mother, pending) ORDER BY b.id', $$ VALUES ('released'), ('released'), ('released') $$,
                  'P-30: every binding of his ends, on either side, and his application');
SELECT is((SELECT b.status FROM gongji.binding b, bound WHERE b.id = others), 'active', 'and nobody else''s');
SELECT is((SELECT array_agg(DISTINCT reason_code) FROM gongji.binding_event WHERE event = 'released'), '{ACCOUNT_CLOSED}', 'the history says why');
SELECT is((SELECT reason FROM gongji.audit_log WHERE action = 'account.close'), '去世', 'S0-45: who closed it and why is recorded');

SELECT is((pg_temp.close('C-FATHER')).code, 'OK', 'asked again, nothing is paid again');
SELECT is((pg_temp.close('C-FATHER')).result, result, 'and the first closure answers') FROM closed;
SELECT fixture.money(father, 'current_year', 9) FROM who;
SELECT is((pg_temp.close('C-FATHER')).result -> 'amount_fen', '9', 'money that came since is paid out by a closure of its own');
SELECT is((pg_temp.close('C-GIRL')).result -> 'amount_fen', '0', 'an empty account can be closed, too');
SELECT is(pg_temp.proof(), 'true', 'the books prove');

-- What time had ended before is not ended again: neither its end nor its reason changes.
CREATE TEMP TABLE lapsed AS SELECT fixture.bind(father, girl) AS released, fixture.bind(father, mother, 'spouse') AS expired FROM who;
UPDATE gongji.binding b SET release_at = '2026-11-20 00:00+08' FROM lapsed l WHERE b.id = l.released;
UPDATE gongji.binding b SET valid_to = '2026-11-19' FROM lapsed l WHERE b.id = l.expired;
SELECT fixture.money(father, 'current_year', 9) FROM who;
SELECT is((pg_temp.close('C-FATHER')).result -> 'released_bindings', '[]', 'P-22: a closure ends no binding that time had ended');
SELECT results_eq($$ SELECT gongji.binding_state(b, gongji.now_cn()), gongji.binding_end(b) FROM gongji.binding b, lapsed WHERE b.id IN (released, expired) ORDER BY 1 $$,
                  $$ VALUES ('expired', '2026-11-20 00:00+08'::timestamptz), ('released', '2026-11-20 00:00+08') $$, 'which ended when it ended');
SELECT throws_ok('DELETE FROM gongji.account_closure', NULL, NULL, 'no closure can be taken back');
SELECT * FROM finish();
ROLLBACK;
