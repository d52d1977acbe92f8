-- Drift of one account stops sharing of that account only (F20).
BEGIN;
SELECT no_plan();
SELECT fixture.clock('2026-11-21 10:00+08');
SELECT fixture.policy('340500');
SELECT fixture.standard('340500', 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]');
CREATE TEMP TABLE who AS SELECT fixture.person('D-FATHER') AS father, fixture.person('D-MOTHER') AS mother, fixture.person('D-AUNT') AS aunt,
                                fixture.person('D-GIRL', p_scheme => 'resident', p_birth => '2018-02-01') AS girl,
                                fixture.person('D-BOY', p_scheme => 'resident', p_birth => '2019-02-01') AS boy;
SELECT fixture.money(father, 'prior_year', 100000), fixture.money(mother, 'prior_year', 100000), fixture.money(aunt, 'prior_year', 5) FROM who;
CREATE TEMP TABLE bound AS SELECT fixture.bind(father, girl) AS father, fixture.bind(mother, girl, p_priority => 2) AS mother, fixture.bind(father, boy) AS boy FROM who;

CREATE FUNCTION pg_temp.block() RETURNS jsonb LANGUAGE sql AS $$ SELECT (api.ledger_block(fixture.ctx('os:root', 'staff'))).result $$;
CREATE FUNCTION pg_temp.why_not(p_sub text) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(coalesce(s ->> 'why_not', 'gives') ORDER BY s ->> 'priority') FROM jsonb_array_elements((api.account_aid(fixture.ctx(p_sub), NULL)).result -> 'sources') s $$;
CREATE FUNCTION pg_temp.tamper(p_statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN SET LOCAL session_replication_role = replica; ALTER TABLE gongji.ledger_entry DISABLE TRIGGER USER; EXECUTE p_statement; SET LOCAL session_replication_role = origin;
      ALTER TABLE gongji.ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_movements_sum_to_zero; ALTER TABLE gongji.ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only; END $$;

SELECT is(pg_temp.block(), '{"blocked": [], "released": []}', 'F20: where the books prove nobody is blocked');
SELECT pg_temp.tamper('UPDATE gongji.account SET prior_fen = prior_fen + 1 WHERE person = (SELECT father FROM who)');
SELECT is(pg_temp.block(), '{"blocked": ["D-FATHER"], "released": []}', 'F20: the account that drifted is blocked, no other');
SELECT is(pg_temp.block(), '{"blocked": [], "released": []}', 'F20: a second proof tells only what changed');
SELECT is((SELECT array_agg(type) FROM gongji.outbox o, who WHERE o.person = father), '{account.under_review}', 'F20: other systems are told once');
SELECT is((SELECT result -> 'shareable_fen' FROM api.account_get(ARRAY[fixture.ctx('D-FATHER')], ARRAY[NULL::text], true)), '0', 'F20: it has nothing to share');
SELECT is((SELECT result -> 'under_review' FROM api.account_get(ARRAY[fixture.ctx('D-FATHER')], ARRAY[NULL::text], true)), 'true', 'F20: and its holder sees why');
SELECT is(pg_temp.why_not('D-GIRL'), '{ACCOUNT_UNDER_REVIEW,gives}', 'F20: relatives see why it gives nothing, and who still does');
SELECT ok('ACCOUNT_UNDER_REVIEW' = ANY ((fixture.pay('D-FATHER', 'D-BOY', 2027)).codes), 'F20: paying from it is refused');
CREATE TEMP TABLE paid AS SELECT fixture.pay('D-GIRL', 'D-GIRL', 2027) AS out;
SELECT is(fixture.split((out).result), '{aid:prior_year:400.00}', 'F20: the other relative pays as ever') FROM paid;
SELECT is((SELECT grantor FROM gongji.binding WHERE 'bnd_' || id = (out).result #>> '{legs,0,binding_id}'), (SELECT mother FROM who), 'F20: namely the mother') FROM paid;

SELECT pg_temp.tamper('UPDATE gongji.account SET prior_fen = prior_fen - 1 WHERE person = (SELECT father FROM who)');
SELECT is(pg_temp.block(), '{"blocked": [], "released": ["D-FATHER"]}', 'F20: a proof that passes over it releases it');
SELECT is(pg_temp.why_not('D-BOY'), '{gives}', 'F20: and it gives again');

-- Whom a breach that names no person is about
SELECT pg_temp.tamper('UPDATE gongji.ledger_entry SET amount_fen = amount_fen - 1 WHERE account = ''contribution_clearing'' AND person = (SELECT aunt FROM who)');
SELECT is(gongji.ledger_suspects(), ARRAY[(SELECT aunt FROM who)], 'F20: a movement that does not sum to zero: whose account it touched');
SELECT pg_temp.tamper('UPDATE gongji.ledger_entry SET amount_fen = amount_fen + 1 WHERE account = ''contribution_clearing'' AND person = (SELECT aunt FROM who)');
SELECT pg_temp.tamper('UPDATE gongji.payment SET legs = jsonb_set(legs, ''{0,amount_fen}'', ''39999'')');
SELECT is(gongji.ledger_suspects(), ARRAY[(SELECT mother FROM who)], 'F20: a payment that does not fit its entries: whose money it took');
SELECT pg_temp.tamper('UPDATE gongji.payment SET legs = jsonb_set(legs, ''{0,amount_fen}'', ''40000'')');
SELECT is(gongji.ledger_suspects(), '{}', 'F20: the books prove again');

-- Each account of a family by itself: a payment of three, one of them off
CREATE FUNCTION pg_temp.suspects(p_tamper text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    v_keys bigint[];
BEGIN
    BEGIN
        PERFORM pg_temp.tamper(p_tamper);
        v_keys := gongji.ledger_suspects();
        RAISE EXCEPTION USING ERRCODE = 'UNDO0', MESSAGE = 'undone';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
        RETURN ARRAY(SELECT p.person_no FROM gongji.person p WHERE p.id = ANY (v_keys) ORDER BY p.person_no);
    END;
END $$;
SELECT fixture.policy('320100', '{"uses": {"resident_premium": ["self", "relative"], "outpatient": ["self", "relative"]}}'),
       fixture.standard('320100', 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]'), fixture.standard('320100', 2028, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]');
CREATE TEMP TABLE trio AS SELECT fixture.person('E-FATHER', '320100') AS father, fixture.person('E-MOTHER', '320100') AS mother,
                                 fixture.person('E-SON', '320100', 'resident', 'normal', 'general', '2019-04-01') AS son;
SELECT fixture.money(father, 'prior_year', 35000), fixture.money(mother, 'prior_year', 25000),
       fixture.bind(father, son), fixture.bind(mother, son, p_priority => 2) FROM trio;
SELECT fixture.place('E-CLINIC', 'hospital');
CREATE TEMP TABLE back AS SELECT substr((fixture.pay('E-FATHER', 'E-SON', 2028)).result ->> 'id', 5)::uuid AS id;
SELECT (api.refund_create(fixture.ctx('op', 'staff', '{"scope": "refund"}'), id, gen_random_uuid(), 'other', NULL)).code FROM back;
SELECT fixture.money(son, 'current_year', 10000) FROM trio;
CREATE TEMP TABLE care AS SELECT substr((fixture.settle('E-CLINIC', 'E-SON', 'e1', ARRAY['{"use": "outpatient", "amount_fen": 35000, "fund_paid_fen": 0, "out_of_scope_fen": 0}'::jsonb])).result ->> 'id', 5)::uuid AS id;
CREATE TEMP TABLE wait AS SELECT substr((fixture.pay('E-FATHER', 'E-SON', 2027, NULL, '{"cash_channel": "counter"}')).result ->> 'id', 5)::uuid AS id;
SELECT is(fixture.split(to_jsonb(y)), '{own:current_year:100.00,aid:prior_year:250.00}', 'care by son and father') FROM gongji.payment y, care WHERE y.id = care.id;
SELECT is(fixture.split(to_jsonb(y)), '{aid:prior_year:100.00,aid:prior_year:250.00,cash:50.00}', 'a premium held of father and mother') FROM gongji.payment y, wait WHERE y.id = wait.id;
SELECT (api.payment_cash(fixture.ctx('backend', 'staff', '{"scope": "cash", "cash_channels": ["counter"]}'), id, 'counter', 'e-cash', 4999, gongji.now_cn())).code FROM wait;
SELECT is(gongji.ledger_suspects(), '{}', 'F20: nobody yet');
SELECT is(pg_temp.suspects(t.tamper), t.who::text[], 'F20: ' || t.what)
  FROM care c, wait w, back b, trio o,
       LATERAL (VALUES
    ('a hold too small: whose', format('UPDATE gongji.hold SET amount_fen = amount_fen - 1 WHERE payment_id = %L AND person = %s', w.id, o.mother), '{E-MOTHER}'),
    ('a hold lost: whose', format('DELETE FROM gongji.hold WHERE payment_id = %L AND person = %s', w.id, o.mother), '{E-MOTHER}'),
    ('a hold of a payment that is not there: whose', format('DELETE FROM gongji.payment WHERE id = %L', w.id), '{E-FATHER,E-MOTHER}'),
    ('a payment ended with its holds: all who hold', format('UPDATE gongji.payment SET status = ''expired'' WHERE id = %L', w.id), '{E-FATHER,E-MOTHER}'),
    ('a settlement whose parts no longer add up: all who paid', format('UPDATE gongji.payment SET legs = jsonb_set(legs, ''{0,amount_fen}'', ''9999'') WHERE id = %L', c.id), '{E-FATHER,E-SON}'),
    ('a leg in another bucket: only whose it is', format('UPDATE gongji.payment SET legs = jsonb_set(legs, ''{0,bucket}'', ''"prior_year"'') WHERE id = %L', c.id), '{E-SON}'),
    ('a settlement forgotten: who paid for it', format('DELETE FROM gongji.medical_settlement WHERE payment_id = %L', c.id), '{E-FATHER,E-SON}'),
    ('a settlement without payment or entries: the patient', 'INSERT INTO gongji.medical_settlement SELECT gen_random_uuid(), insured, institution, ''e9'', credential_kind, NULL, items, NULL, NULL FROM gongji.medical_settlement', '{E-SON}'),
    ('a refund that gave one of two too little: whose', format('UPDATE gongji.refund SET legs = jsonb_set(legs, ''{1,amount_fen}'', ''1'') WHERE payment_id = %L', b.id), '{E-MOTHER}'),
    ('a refund forgotten: who got it', format('DELETE FROM gongji.refund WHERE payment_id = %L', b.id), '{E-FATHER,E-MOTHER}'),
    ('cash forgotten: whose money the payment took', 'DELETE FROM gongji.cash_transaction WHERE transaction_id = ''e-cash''', '{E-FATHER,E-MOTHER}'),
    ('an account without a person: by its key', 'DELETE FROM gongji.person WHERE person_no = ''E-MOTHER''; UPDATE gongji.ledger_entry SET balance_after_fen = balance_after_fen + 1 WHERE person = ' || o.mother, '{E-MOTHER}')) AS t (what, tamper, who);
SELECT is((SELECT count(*) FROM gongji.audit_log WHERE action = 'account.review'), 2::bigint, 'S0-45: every mark is recorded');
SELECT * FROM finish();
ROLLBACK;
