-- Who may do what in the database: the server calls api functions and nothing else, auditors read and nothing else.
BEGIN;
SELECT no_plan();

SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace IN ('gongji'::regnamespace, 'api'::regnamespace) AND c.relkind IN ('r', 'v', 'p', 'm')
                    AND (has_any_column_privilege('gongji_app', c.oid, 'SELECT') OR has_any_column_privilege('gongji_app', c.oid, 'INSERT')
                         OR has_any_column_privilege('gongji_app', c.oid, 'UPDATE') OR has_table_privilege('gongji_app', c.oid, 'DELETE, TRUNCATE, TRIGGER')) $$,
                'S0-45: the server has no privilege on any table or view');
SELECT is_empty($$ SELECT s.seqrelid::regclass FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid AND c.relnamespace = 'gongji'::regnamespace
                    WHERE has_sequence_privilege('gongji_app', s.seqrelid, 'USAGE, SELECT, UPDATE') $$,
                'nor on any sequence');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'gongji'::regnamespace AND has_function_privilege('gongji_app', p.oid, 'EXECUTE') $$,
                'nor may it call an inner function');
SELECT ok(NOT has_schema_privilege('gongji_app', 'gongji', 'USAGE'), 'nor see into schema gongji');
SELECT results_eq($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND NOT has_function_privilege('gongji_app', p.oid, 'EXECUTE') $$,
                $$ VALUES ('api.policy_load(jsonb,text,jsonb)'::regprocedure) $$, 'F15: it may call every api function but the one that states rules of days gone by');
SELECT ok(NOT has_schema_privilege('gongji_app', 'api', 'CREATE') AND NOT has_schema_privilege('gongji_app', 'gongji', 'CREATE'), 'it can create nothing');

SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                    WHERE p.pronamespace IN ('gongji'::regnamespace, 'api'::regnamespace) AND a.grantee = 0 $$, 'no function is open to PUBLIC');
SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
                    WHERE c.relnamespace IN ('gongji'::regnamespace, 'api'::regnamespace) AND a.grantee = 0 $$, 'no table, view or sequence is open to PUBLIC');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND NOT p.prosecdef $$, 'every api function runs as its owner');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace IN ('gongji'::regnamespace, 'api'::regnamespace)
                    AND p.proowner <> 'gongji_owner'::regrole $$, 'gongji_owner owns every function');
SELECT ok(NOT (SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = 'gongji_owner'), 'gongji_owner cannot log in');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace IN ('gongji'::regnamespace, 'api'::regnamespace)
                    AND obj_description(p.oid, 'pg_proc') IS NULL $$, 'every function says what it is for');
SELECT is_empty($$ SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace
                    AND EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%' AND c NOT LIKE '%pg_temp') $$,
                'a search_path ends in pg_temp, so that a temporary object cannot stand in for ours');

SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'gongji'::regnamespace AND c.relkind IN ('r', 'v')
                    AND has_table_privilege('gongji_audit', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') $$, 'auditors change nothing');
SELECT ok(has_table_privilege('gongji_audit', 'gongji.ledger_entry', 'SELECT') AND has_table_privilege('gongji_audit', 'gongji.audit_log', 'SELECT'),
          'auditors read the ledger and the audit log');
SELECT ok(NOT has_column_privilege('gongji_audit', 'gongji.person', 'id_number_sealed', 'SELECT') AND NOT has_column_privilege('gongji_audit', 'gongji.person', 'name_sealed', 'SELECT')
          AND NOT has_table_privilege('gongji_audit', 'gongji.person_identity', 'SELECT'), 'auditors do not reach sealed identities');

SELECT is_empty($$ SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'gongji'::regnamespace AND c.relkind IN ('r', 'v')
                    WHERE a.attname LIKE '%sealed' AND has_column_privilege('gongji_audit', c.oid, a.attnum, 'SELECT') $$, 'nor anything else that is sealed');

SET LOCAL ROLE gongji_app;
SELECT throws_ok($$ SELECT count(*) FROM gongji.account $$, '42501', NULL, 'in practice too: the server cannot read a table');
SELECT throws_ok($$ SELECT gongji.now_cn() $$, '42501', NULL, 'in practice too: nor call an inner function');
SELECT lives_ok($$ SELECT api.ledger_proof('{}') $$, 'but calls api functions');

SELECT * FROM finish();
ROLLBACK;
