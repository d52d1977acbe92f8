-- The books: double entry, append-only, never negative, and a proof that finds whatever was tampered with.
BEGIN;
SELECT no_plan();

SELECT fixture.policy('340500');
CREATE TEMP TABLE who AS
SELECT fixture.person('L-FATHER') AS father, fixture.person('L-GIRL', '340500', 'resident') AS girl;
SELECT fixture.money(father, 'prior_year', 50000), fixture.money(father, 'current_year', 900), fixture.money(girl, 'current_year', 10000) FROM who;
CREATE TEMP TABLE bound AS SELECT fixture.bind(father, girl) AS id FROM who;
CREATE TEMP TABLE paid AS SELECT fixture.payment(w.girl, w.father, 2026, 10000, jsonb_build_array(
    jsonb_build_object('binding_id', 'bnd_' || b.id, 'bucket', 'prior_year', 'amount_fen', 30000))) AS id FROM who w, bound b;

CREATE FUNCTION pg_temp.proof() RETURNS jsonb LANGUAGE sql AS $$ SELECT (api.ledger_proof('{}')).result $$;

-- Runs a statement, asks the proof, and undoes it: {check name: detail} of the checks that fail.
CREATE FUNCTION pg_temp.breaches(p_tamper text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_found jsonb;
BEGIN
    BEGIN
        EXECUTE p_tamper;
        SELECT jsonb_object_agg(c ->> 'name', c ->> 'detail') INTO v_found
          FROM jsonb_array_elements(pg_temp.proof() -> 'checks') c WHERE NOT (c ->> 'ok')::boolean;
        RAISE EXCEPTION USING ERRCODE = 'UNDO0', MESSAGE = 'undone';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
        RETURN coalesce(v_found, '{}');
    END;
END
$$;

SELECT is(pg_temp.proof() -> 'ok', 'true', 'F20: the proof is green on books that were kept by the rules');
SELECT is((SELECT count(*) FROM jsonb_array_elements(pg_temp.proof() -> 'checks') c WHERE c ->> 'detail' <> ''), 19::bigint, 'F20: every rule says what holds');
SELECT is((SELECT sum(amount_fen) FROM gongji.ledger_entry), 0::numeric, 'double entry: all entries sum to zero');

-- Append-only and sum-zero stand against the owner of the tables too, and under session_replication_role = replica.
SELECT throws_ok($$ UPDATE gongji.ledger_entry SET amount_fen = 1 $$, '42501', NULL, 'S0-45: an entry cannot be changed');
SELECT throws_ok($$ DELETE FROM gongji.ledger_entry $$, '42501', NULL, 'S0-45: an entry cannot be deleted');
SELECT throws_ok($$ TRUNCATE gongji.ledger_entry $$, '42501', NULL, 'S0-45: the ledger cannot be emptied');
SELECT throws_ok($$ DELETE FROM gongji.audit_log $$, '42501', NULL, 'S0-45: the audit log cannot be emptied');
SET LOCAL session_replication_role = replica;
SELECT throws_ok($$ UPDATE gongji.ledger_entry SET amount_fen = 1 $$, '42501', NULL, 'S0-45: nor by a replica session');
SET LOCAL session_replication_role = origin;
SELECT throws_ok($$ INSERT INTO gongji.ledger_entry (person, account, kind, money_year, movement_id, amount_fen, at, effective_on)
                    SELECT father, 'premium_fund', 'premium', 2026, gen_random_uuid(), 1, now(), '2026-01-01' FROM who $$,
                 '23514', NULL, 'a movement whose legs do not sum to zero is refused');
SELECT throws_ok($$ UPDATE gongji.account SET prior_fen = prior_fen - 1000000 $$, '23514', NULL, 'S1-45: no balance below zero, whoever writes');
SELECT throws_ok($$ UPDATE gongji.account SET held_prior_fen = prior_fen + 1 $$, '23514', NULL, 'S1-45: no hold above its bucket');

ALTER TABLE gongji.ledger_entry DISABLE TRIGGER USER;
ALTER TABLE gongji.account DROP CONSTRAINT account_balance_not_negative, DROP CONSTRAINT account_hold_within_bucket;
ALTER TABLE gongji.ledger_entry DROP CONSTRAINT ledger_entry_balance_not_negative;
ALTER TABLE gongji.payment DROP CONSTRAINT payment_parts_make_the_whole;
CREATE TEMP TABLE tampering (what text, statement text, rule text, names text);
INSERT INTO tampering VALUES
    ('a balance is raised', $$ UPDATE gongji.account SET prior_fen = prior_fen + 1 WHERE person = (SELECT father FROM who) $$, 'account_equals_entries', 'person L-FATHER'),
    ('money changes its bucket', $$ UPDATE gongji.account SET prior_fen = prior_fen - 1, current_fen = current_fen + 1 WHERE person = (SELECT father FROM who) $$,
     'account_equals_entries', 'person L-FATHER'),
    ('an account is lost', $$ DELETE FROM gongji.account WHERE person = (SELECT girl FROM who) $$, 'account_equals_entries', 'person L-GIRL'),
    ('an amount is changed', $$ UPDATE gongji.ledger_entry SET amount_fen = amount_fen - 1 WHERE person = (SELECT father FROM who) AND account_version = 3 $$,
     'movements_sum_to_zero', 'movement '),
    ('a balance after is changed', $$ UPDATE gongji.ledger_entry SET balance_after_fen = 1 WHERE person = (SELECT father FROM who) AND account_version = 2 $$,
     'balance_after_is_running_sum', 'person L-FATHER version 2'),
    ('an entry is deleted', $$ DELETE FROM gongji.ledger_entry WHERE person = (SELECT father FROM who) AND account_version = 2 $$,
     'entry_versions_without_gap', 'person L-FATHER'),
    ('the last entry is deleted', $$ DELETE FROM gongji.ledger_entry WHERE person = (SELECT girl FROM who) AND account_version = 2 $$,
     'entry_versions_without_gap', 'person L-GIRL'),
    ('money is held without a hold', $$ UPDATE gongji.account SET held_prior_fen = 1 WHERE person = (SELECT father FROM who) $$, 'held_equals_holds', 'person L-FATHER'),
    ('a payment''s leg is changed', $$ UPDATE gongji.payment SET legs = jsonb_set(legs, '{1,amount_fen}', '29999') $$, 'payments_equal_entries', 'payment pay_'),
    ('a payment''s sum is changed', $$ UPDATE gongji.payment SET aid_fen = aid_fen + 1 $$, 'payment_parts_equal_legs', 'payment pay_'),
    ('a payment is deleted', $$ DELETE FROM gongji.payment $$, 'payments_equal_entries', 'payment pay_'),
    ('the fund gets less', $$ UPDATE gongji.ledger_entry SET amount_fen = amount_fen - 1 WHERE account = 'premium_fund' $$, 'fund_equals_payments', 'payment pay_'),
    ('a contribution is raised', $$ UPDATE gongji.contribution SET amount_fen = amount_fen + 1 WHERE person = (SELECT girl FROM who) $$,
     'contributions_equal_entries', 'person L-GIRL'),
    ('a contribution is forgotten', $$ DELETE FROM gongji.contribution WHERE person = (SELECT girl FROM who) $$, 'contributions_equal_entries', 'person L-GIRL'),
    ('a mirror row is lost', $$ DELETE FROM gongji.binding_by_grantor $$, 'binding_mirror_complete', 'binding bnd_'),
    ('a person loses the number', $$ DELETE FROM gongji.person_no_key WHERE person_no = 'L-GIRL' $$, 'person_keys_complete', 'person L-GIRL'),
    ('a person loses the identity', $$ DELETE FROM gongji.person_identity WHERE person = (SELECT girl FROM who) $$, 'person_keys_complete', 'person L-GIRL'),
    ('a balance is below zero', $$ UPDATE gongji.account SET prior_fen = -1 WHERE person = (SELECT father FROM who) $$, 'no_negative', 'person L-FATHER'),
    ('a balance was below zero', $$ UPDATE gongji.ledger_entry SET balance_after_fen = -1 WHERE person = (SELECT girl FROM who) AND account_version = 1 $$,
     'no_negative', 'person L-GIRL version 1');
ALTER TABLE gongji.account DROP CONSTRAINT account_of_person;

SELECT ok(coalesce(position(t.names IN pg_temp.breaches(t.statement) ->> t.rule) > 0, false), format('F20: when %s, %s names %s', t.what, t.rule, t.names))
  FROM tampering t;
SELECT is(pg_temp.proof() -> 'ok', 'true', 'F20: and green again when it is undone');

-- Trial balance
CREATE FUNCTION pg_temp.trial(p_on date) RETURNS jsonb LANGUAGE sql AS $$ SELECT (api.ledger_trial_balance('{}', p_on)).result $$;
CREATE FUNCTION pg_temp.line(p_on date, p_account text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT a - 'account' FROM jsonb_array_elements(pg_temp.trial(p_on) -> 'accounts') a WHERE a ->> 'account' = p_account $$;
SELECT is(pg_temp.trial(NULL) -> 'total_fen', '0', 'the trial balance sums to zero');
SELECT is(pg_temp.line(NULL, 'personal'), '{"debit_fen": 40000, "credit_fen": 60900, "balance_fen": 20900}', 'trial balance: personal accounts');
SELECT is(pg_temp.line(NULL, 'premium_fund'), '{"debit_fen": 0, "credit_fen": 40000, "balance_fen": 40000}', 'trial balance: what the fund got');
SELECT is(pg_temp.line('2000-01-01', 'personal'), '{"debit_fen": 0, "credit_fen": 0, "balance_fen": 0}', 'trial balance of a day before everything: zero, every account listed');

SELECT * FROM finish();
ROLLBACK;
