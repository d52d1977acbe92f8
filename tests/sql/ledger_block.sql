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
SELECT is((SELECT count(*) FROM gongji.audit_log WHERE action = 'account.review'), 2::bigint, 'S0-45: every mark is recorded');
SELECT * FROM finish();
ROLLBACK;
