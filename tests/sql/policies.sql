-- Policy is data by region and date (S1-48), each value with its source (S0-05, P-24); premium standards (S0-35, S0-38); area links (S0-15).
BEGIN;
SELECT plan(52);

CREATE FUNCTION pg_temp.staff(p_areas jsonb DEFAULT '["*"]') RETURNS jsonb
LANGUAGE sql AS $$ SELECT fixture.ctx('op-1', 'staff', jsonb_build_object('areas', p_areas)) $$;
CREATE FUNCTION pg_temp.today() RETURNS date
LANGUAGE sql AS $$ SELECT gongji.date_cn(gongji.now_cn()) $$;
CREATE FUNCTION pg_temp.doc(p_members jsonb, p_basis text DEFAULT 'basis') RETURNS jsonb
LANGUAGE sql AS $$ SELECT p_members || jsonb_build_object('legal_basis', p_basis, 'source', '{"confidence": "A", "note": "whole row"}'::jsonb) $$;
CREATE FUNCTION pg_temp.put(p_area text, p_in_days integer, p_members jsonb, p_basis text DEFAULT 'basis') RETURNS gongji.outcome
LANGUAGE sql AS $$ SELECT api.policy_put(pg_temp.staff(), p_area, pg_temp.today() + p_in_days, pg_temp.doc(p_members, p_basis)) $$;
CREATE FUNCTION pg_temp.rule(p_area text, p_key text, p_in_days integer DEFAULT 0) RETURNS jsonb
LANGUAGE sql AS $$ SELECT (api.policy_get(pg_temp.staff(), p_area, pg_temp.today() + p_in_days)).result #> ARRAY['rules', p_key] $$;
CREATE FUNCTION pg_temp.value(p_area text, p_key text, p_in_days integer DEFAULT 0) RETURNS jsonb
LANGUAGE sql AS $$ SELECT pg_temp.rule(p_area, p_key, p_in_days) -> 'value' $$;
CREATE FUNCTION pg_temp.version(p_area text) RETURNS bigint
LANGUAGE sql AS $$ SELECT ((api.policy_get(pg_temp.staff(), p_area, NULL)).result ->> 'version')::bigint $$;

-- A clean slate: what migrations or fixtures brought in stays out of this transaction's sight.
ALTER TABLE gongji.policy DISABLE TRIGGER USER;
ALTER TABLE gongji.policy_effective DISABLE TRIGGER USER;
TRUNCATE gongji.policy, gongji.policy_effective;
TRUNCATE gongji.premium_standard, gongji.area_link;
ALTER TABLE gongji.policy ENABLE ALWAYS TRIGGER policy_append_only;
ALTER TABLE gongji.policy_effective ENABLE ALWAYS TRIGGER policy_effective_append_only;

-- loading files: days gone by, twice the same
SELECT is((api.policy_load(pg_temp.staff(), '000000',
              jsonb_build_array(pg_temp.doc('{"retained_minimum_fen": 0, "max_members": 7, "review_mode": "none", "cross_area": true}') || '{"valid_from": "2020-01-01"}',
                                pg_temp.doc('{"waiting": {"fixed_months": 3}}') || '{"valid_from": "2024-07-26"}'))).result,
          '{"area": "000000", "rows": 2, "added": 2}', 'S1-48: rows of days gone by are loaded from a file');
SELECT is((api.policy_load(pg_temp.staff(), '000000',
              jsonb_build_array(pg_temp.doc('{"max_members": 7, "retained_minimum_fen": 0, "cross_area": true, "review_mode": "none"}') || '{"valid_from": "2020-01-01"}',
                                pg_temp.doc('{"waiting": {"fixed_months": 3}}') || '{"valid_from": "2024-07-26"}'))).result,
          '{"area": "000000", "rows": 2, "added": 0}', 'loading the same file again adds nothing');
SELECT is((api.policy_load(pg_temp.staff(), '999999', '[]')).code, 'AREA_UNKNOWN', 'an unknown area is refused');
SELECT is((api.policy_get(pg_temp.staff(), '340500', '2019-12-31')).code, 'POLICY_NOT_FOUND', 'before the first row nothing is in force');
SELECT is((api.policy_get(pg_temp.staff(), '340500', '2024-07-25')).result #> '{rules,waiting}', NULL, 'the day before a row it does not count');
SELECT is((api.policy_get(pg_temp.staff(), '340500', '2024-07-26')).result #> '{rules,waiting,value}', '{"fixed_months": 3}', 'valid_from is inclusive');
SELECT is((SELECT count(*) FROM gongji.pooling_area a WHERE NOT EXISTS (SELECT FROM gongji.policy_effective e WHERE e.area = a.code)), 0::bigint,
          'a national row reaches every area');

-- inheritance, member by member
SELECT is((pg_temp.put('340000', 0, '{"retained_minimum_fen": 100000, "waiting": {"fixed_months": 1}}', 'Anhui')).code, 'CREATED', 'a province states its own');
SELECT is((pg_temp.put('340500', 0, '{"retained_minimum_fen": 200000, "max_members": null}', 'Ma''anshan')).code, 'CREATED', 'an area states its own');
SELECT is(pg_temp.value('340500', 'retained_minimum_fen'), '200000', 'S1-48: the area''s own value counts first');
SELECT is(pg_temp.value('340100', 'retained_minimum_fen'), '100000', 'S1-48: else its province''s');
SELECT is(pg_temp.value('350100', 'retained_minimum_fen'), '0', 'S1-48: else the nation''s; a neighbour province is not touched');
SELECT is(pg_temp.value('340500', 'waiting'), '{"fixed_months": 1}', 'objects are replaced whole');
SELECT is(pg_temp.value('340500', 'max_members'), 'null', 'a stated null is a value: no limit');
SELECT is(pg_temp.value('340100', 'max_members'), '7', 'what is absent is inherited');
SELECT is((SELECT (rules).max_members FROM gongji.policy_on('340500', pg_temp.today())), NULL, 'a stated null is SQL NULL in the resolved row');

-- provenance
SELECT is(pg_temp.rule('340500', 'waiting') - 'value',
          jsonb_build_object('legal_basis', 'Anhui', 'from_area', '340000', 'valid_from', pg_temp.today(), 'source', '{"confidence": "A", "note": "whole row"}'::jsonb),
          'S0-05: each value names its legal basis, its source, the area and the day it comes from');
SELECT is((api.policy_put(pg_temp.staff(), '340100', pg_temp.today(),
              '{"cross_area": false, "legal_basis": "Hefei", "source": {"confidence": "B", "note": "row", "members": {"cross_area": {"confidence": "C", "note": "of its own"}}}}'))
          .result #> '{rules,cross_area,source}', '{"confidence": "C", "note": "of its own"}', 'P-24: a member''s own source goes before the row''s');

-- dates
SELECT is((pg_temp.put('340500', -1, '{"max_members": 1}')).code, 'POLICY_IN_EFFECT', 'S1-48: what is in effect is not rewritten');
SELECT is((pg_temp.put('340500', 30, '{"retained_minimum_fen": 5}')).code, 'CREATED', 'a later day may be set now');
SELECT is(pg_temp.value('340500', 'retained_minimum_fen', 29), '200000', 'until then the old value counts');
SELECT is(pg_temp.value('340500', 'retained_minimum_fen', 30), '5', 'from then on the new one');
SELECT is(pg_temp.value('340500', 'max_members', 30), 'null', 'what the later row does not state stays as it was');
SELECT is((pg_temp.put('340500', 30, '{"max_members": 3}')).code, 'OK', 'a coming row may be replaced');
SELECT is(pg_temp.value('340500', 'retained_minimum_fen', 30), '200000', 'the replaced version no longer counts');
SELECT is((pg_temp.put('340000', 10, '{"cross_area": false}')).code, 'CREATED', 'the province changes in between');
SELECT is(ARRAY[pg_temp.value('340500', 'cross_area', 9), pg_temp.value('340500', 'cross_area', 10), pg_temp.value('340500', 'cross_area', 30)],
          ARRAY['true', 'false', 'false']::jsonb[], 'the change reaches an area from its day on, later rows of the area included');
SELECT is((pg_temp.put('000000', 20, '{"review_mode": "manual", "retained_minimum_fen": 7}')).code, 'CREATED', 'the nation changes');
SELECT is(ARRAY[pg_temp.value('350100', 'review_mode', 19), pg_temp.value('350100', 'review_mode', 20), pg_temp.value('340500', 'review_mode', 40)],
          ARRAY['"none"', '"manual"', '"manual"']::jsonb[], 'a national change reaches the areas that do not state it');
SELECT is(ARRAY[pg_temp.value('340500', 'retained_minimum_fen', 20), pg_temp.value('340100', 'retained_minimum_fen', 20)], ARRAY['200000', '100000']::jsonb[],
          'and leaves alone those that do, themselves or by their province');

-- today
CREATE TEMP TABLE before AS SELECT pg_temp.version('340500') AS version;
SELECT is((pg_temp.put('340500', 0, '{"retained_minimum_fen": 300000, "max_members": null}')).code, 'OK', 'F15: today''s policy may be edited');
SELECT ok(pg_temp.version('340500') > (SELECT version FROM before), 'F15: as a new version');
SELECT is(pg_temp.value('340500', 'retained_minimum_fen'), '300000', 'F15: which counts at once');
SELECT is((SELECT (rules).retained_minimum_fen FROM gongji.policy_effective WHERE area = '340500' AND valid_from = pg_temp.today() AND version = (SELECT version FROM before)),
          200000::bigint, 'F15: the version a payment has stored can still be read');
SELECT throws_ok('UPDATE gongji.policy SET legal_basis = ''other''', '42501', NULL, 'policy rows are append-only');

-- who may
SELECT is((api.policy_put(pg_temp.staff('["350000"]'), '340500', pg_temp.today(), pg_temp.doc('{}'))).code, 'POLICY_NOT_FOUND', 'staff of another province: as if it were not there');
SELECT is((api.policy_put(pg_temp.staff('["340000"]'), '340500', pg_temp.today() + 60, pg_temp.doc('{}'))).code, 'CREATED', 'staff of the province cover its areas');
SELECT throws_ok($$SELECT pg_temp.put('340500', 0, '{"no_such_rule": 1}')$$, 'P0001', NULL, 'a member that no column holds is a defect, not lost');

-- premium standards
CREATE FUNCTION pg_temp.standard(p_area text, p_fen bigint) RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT api.premium_standard_put(pg_temp.staff(), p_area, 2025, 'resident_basic', jsonb_build_object('amount_fen', p_fen,
        'benefit', '{"from": "2025-01-01", "to": "2025-12-31"}'::jsonb, 'windows', '[{"from": "2024-09-05", "to": "2024-12-31"}]'::jsonb,
        'subsidies', '[]'::jsonb, 'source', '{"confidence": "C", "note": "S0-35"}'::jsonb))
$$;
SELECT is((api.premium_standard_get(pg_temp.staff(), '340500', 2025, 'resident_basic')).code, 'PREMIUM_STANDARD_NOT_FOUND', 'S0-38: nothing is assumed before it is published');
SELECT is((pg_temp.standard('340500', 38000)).code, 'CREATED', 'S0-35: a standard with its window');
SELECT is((pg_temp.standard('340500', 38000)).result, (api.premium_standard_get(pg_temp.staff(), '340500', 2025, 'resident_basic')).result, 'the same again changes nothing');
SELECT is((pg_temp.standard('340500', 40000)).result ->> 'amount_fen', '40000', 'P-24: a correction is a new version');
SELECT is((pg_temp.standard('340000', 40000)).code, 'AREA_UNKNOWN', 'only where people are insured: standards are not inherited');

-- area links
SELECT is((api.area_link_put(pg_temp.staff(), '340000', '350100', '2025-01-01', NULL, '{resident_premium}')).code, 'CREATED', 'S0-15: a link between a province and an area');
SELECT is(ARRAY[gongji.area_linked('340500', '350100', '2025-01-01', 'resident_premium'), gongji.area_linked('340500', '350100', '2024-12-31', NULL),
                gongji.area_linked('340500', '350100', '2025-01-01', 'drug'), gongji.area_linked('350100', '340500', '2025-01-01', NULL)],
          ARRAY[true, false, false, false], 'S0-15: open for its use, from its day on, in its direction');

-- What is put again as it stands changes nothing: files may be loaded twice
CREATE FUNCTION pg_temp.list(p_to date DEFAULT NULL) RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.product_put(fixture.ctx('op', 'staff'), '340500', 'again', 'city_inclusive', NULL, '2026-01-01', p_to) $$;
CREATE FUNCTION pg_temp.link(p_uses text[]) RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.area_link_put(fixture.ctx('op', 'staff'), '340000', '350000', '2026-01-01', NULL, p_uses) $$;
SELECT is(ARRAY[(pg_temp.list()).code, (pg_temp.link('{drug}')).code], '{CREATED,CREATED}', 'a product and a link');
CREATE TEMP TABLE stood AS SELECT (SELECT count(*) FROM gongji.audit_log) AS audits, (pg_temp.list()).result AS product, (pg_temp.link('{drug}')).result AS link;
SELECT is(ARRAY[(pg_temp.list()).code, (pg_temp.link('{drug}')).code], '{OK,OK}', 'put again');
SELECT is((SELECT count(*) FROM gongji.audit_log), audits, 'S0-45: nothing happened, nothing is recorded') FROM stood;
SELECT is((SELECT count(*) FROM gongji.area_link WHERE grantor_area = '340000' AND beneficiary_area = '350000'), 1::bigint, 'one version of the link');
SELECT is(ARRAY[(pg_temp.list('2026-12-31')).code, (pg_temp.link('{}')).code], '{OK,OK}', 'put otherwise');
SELECT is((SELECT count(*) FROM gongji.audit_log), audits + 2, 'S0-45: both changes are recorded') FROM stood;
SELECT is((SELECT uses FROM gongji.area_link WHERE grantor_area = '340000' AND beneficiary_area = '350000' ORDER BY version DESC LIMIT 1), '{}', 'a link without uses is closed');
SELECT * FROM finish();
ROLLBACK;
