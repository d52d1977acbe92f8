-- The register: persons, identity, freeze, enrollments, and their imports.
BEGIN;
SELECT no_plan();

-- What the server sends for a person: an ID number and a name stand for their keyed digests under two index keys.
CREATE FUNCTION pg_temp.record(p_no text, p_id_number text, p_name text, p_more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object(
        'person_no', p_no, 'name_sealed', 'seal ' || gen_random_uuid(), 'id_number_sealed', 'seal ' || gen_random_uuid(), 'name_mask', left(p_name, 1) || '*',
        'id_number_mask', left(p_id_number, 3) || '*************' || right(p_id_number, 2),
        'name_digests', ARRAY['k2:' || p_no || p_name, 'k1:' || p_no || p_name]::text,
        'blind_indexes', ARRAY['k2:' || p_id_number, 'k1:' || p_id_number]::text,
        'match_digests', ARRAY['k2:' || p_id_number || p_name, 'k1:' || p_id_number || p_name]::text, 'index_key_ids', '{k2,k1}',
        'birth_date', '1985-06-12', 'area', '340500', 'scheme', 'employee', 'status', 'normal', 'person_class', 'general', 'excluded', false) || p_more
$$;
CREATE FUNCTION pg_temp.staff(p_areas text[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT fixture.ctx('op1', 'staff', jsonb_build_object('areas', to_jsonb(p_areas)))
$$;
CREATE FUNCTION pg_temp.put(p_record jsonb, p_areas text[] DEFAULT '{*}') RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.person_put(pg_temp.staff(p_areas), p_record)
$$;
CREATE FUNCTION pg_temp.resolve(p_id_number text, p_name text) RETURNS gongji.outcome LANGUAGE sql AS $$
    SELECT api.person_resolve(fixture.ctx('mini'), ARRAY['k2:' || p_id_number], ARRAY['k2:' || p_id_number || p_name])
$$;
CREATE FUNCTION pg_temp.version_of(p_no text) RETURNS integer LANGUAGE sql AS $$
    SELECT identity_version FROM gongji.person WHERE person_no = p_no
$$;
CREATE FUNCTION pg_temp.events_of(p_no text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM gongji.outbox WHERE person = gongji.person_of(p_no)
$$;

SELECT fixture.clock('2026-12-31 23:30+08');

-- Creation
SELECT is((pg_temp.put(pg_temp.record('P1', '34050319850612001X', '张伟'))).code, 'CREATED', 'a person is created');
SELECT is((api.person_get(pg_temp.staff('{*}'), 'P1')).result - '{created_at,updated_at}'::text[],
          '{"person_id": "P1", "name": "张*", "id_number": "340*************1X", "area": "340500", "scheme": "employee", "status": "normal",
            "person_class": "general", "birth_date": "1985-06-12", "excluded": false, "frozen": false}',
          'P-37: a register entry is given out masked');
SELECT is((SELECT (current_fen, prior_fen, current_year, version)::text FROM gongji.account WHERE person = gongji.person_of('P1')), '(0,0,2026,0)',
          'every person has an account from the first, of the business year');
SELECT is((pg_temp.put(pg_temp.record('P9', '340504198702230028', '王芳', '{"area": "340000"}'))).code, 'AREA_UNKNOWN', 'a province is no pooling area');
SELECT is((pg_temp.put(pg_temp.record('P9', '340504198702230028', '王芳', '{"area": "999999"}'))).code, 'AREA_UNKNOWN', 'an unknown area is refused');
SELECT is((pg_temp.put(pg_temp.record('P9', '340504198702230028', '王芳'), '{350000}')).code, 'PERSON_NOT_FOUND', 'staff create nobody outside their areas');

-- S0-20: one person per ID number
SELECT is((pg_temp.put(pg_temp.record('P9', '34050319850612001X', '王芳'))).code, 'ID_NUMBER_TAKEN', 'S0-20: one person per ID number');
SELECT is(gongji.person_of('P9'), NULL, 'a refused person leaves no number behind');
SELECT is((pg_temp.put(pg_temp.record('P9', '340504198702230028', '王芳'))).code, 'CREATED', 'and may come with the right ID number');
SELECT is((pg_temp.put(pg_temp.record('P9', '34050319850612001X', '王芳'))).code, 'ID_NUMBER_TAKEN', 'nor may another''s ID number be taken by a change');
SELECT is((pg_temp.resolve('340504198702230028', '王芳')).result ->> 'person_id', 'P9', 'a refused change keeps the former ID number');
SELECT is((pg_temp.put(pg_temp.record('P9', '350102198003050017', '王芳'))).code, 'OK', 'an ID number may be corrected');
SELECT is((pg_temp.resolve('340504198702230028', '王芳')).code, 'NAME_ID_MISMATCH', 'the former one is forgotten');
SELECT is((pg_temp.put(pg_temp.record('P10', '340504198702230028', '李四'))).code, 'CREATED', 'and free for its true owner');
SELECT is((SELECT count(*) FROM gongji.person_identity WHERE person = gongji.person_of('P9')), 2::bigint, 'an ID number is indexed once per active key');

-- S0-41: what a quote was made for
SELECT is(pg_temp.version_of('P9'), 2, 'S0-41: another ID number is another identity version');
SELECT pg_temp.put(pg_temp.record('P9', '350102198003050017', '王方'));
SELECT is(pg_temp.version_of('P9'), 3, 'S0-41: so is another name');
SELECT is((pg_temp.resolve('350102198003050017', '王方')).code, 'OK', 'the new name is the one that matches');
SELECT is((pg_temp.resolve('350102198003050017', '王芳')).code, 'NAME_ID_MISMATCH', 'the former name no longer does');
SELECT pg_temp.put(pg_temp.record('P9', '350102198003050017', '王方', '{"area": "340100"}'));
SELECT is(pg_temp.version_of('P9'), 4, 'S0-41: so is another area');
SELECT pg_temp.put(pg_temp.record('P9', '350102198003050017', '王方', '{"area": "340100", "status": "paused", "person_class": "student", "excluded": true}'));
SELECT is(pg_temp.version_of('P9'), 4, 'status, class and exclusion are no identity');
SELECT is((SELECT details -> 'changed' FROM gongji.audit_log WHERE person = gongji.person_of('P9') AND action = 'person.put' ORDER BY id DESC LIMIT 1),
          '["status", "person_class", "excluded"]', 'the audit names the members that changed, not their values');

-- The same again
SELECT fixture.clock('2027-01-02 08:00+08');
CREATE TEMP TABLE before AS SELECT pg_temp.events_of('P9') AS events, updated_at FROM gongji.person WHERE person_no = 'P9';
SELECT is((pg_temp.put(pg_temp.record('P9', '350102198003050017', '王方', '{"area": "340100", "status": "paused", "person_class": "student", "excluded": true}'))).code, 'OK',
          'the same again is no fault');
SELECT is((SELECT p.updated_at FROM gongji.person p WHERE p.person_no = 'P9'), (SELECT updated_at FROM before), 'and no change');
SELECT is(pg_temp.events_of('P9'), (SELECT events FROM before), 'and no event');
SELECT is((SELECT payload FROM gongji.outbox WHERE person = gongji.person_of('P9') ORDER BY id DESC LIMIT 1), '{"person_id": "P9"}', 'events name the person and nothing else');

-- Index keys rotate by backfill: a record under {k3,k2} meets one stored under {k2,k1}
SELECT is((pg_temp.put(pg_temp.record('P10', '340504198702230028', '李四',
          '{"name_digests": "{k3:P10李四,k2:P10李四}", "blind_indexes": "{k3:340504198702230028,k2:340504198702230028}",
            "match_digests": "{k3:340504198702230028李四,k2:340504198702230028李四}", "index_key_ids": "{k3,k2}"}'))).code, 'OK', 'a rotated index key finds the person');
SELECT is(pg_temp.version_of('P10'), 1, 'a rotated index key changes nobody''s identity');
SELECT is((SELECT array_agg(blind_index ORDER BY blind_index) FROM gongji.person_identity WHERE person = gongji.person_of('P10')),
          '{k2:340504198702230028,k3:340504198702230028}', 'indexes under a retired key go');

-- Areas of staff
SELECT is((api.person_get(pg_temp.staff('{340000}'), 'P9')).code, 'OK', 'a province covers its areas');
SELECT is((api.person_get(pg_temp.staff('{340500}'), 'P9')).code, 'PERSON_NOT_FOUND', 'another area answers as if there were nobody');
SELECT is((api.person_get(pg_temp.staff('{}'), 'P9')).code, 'PERSON_NOT_FOUND', 'no areas cover nobody');
SELECT is((api.person_get(pg_temp.staff('{*}'), 'nobody')).code, 'PERSON_NOT_FOUND', 'an unknown person is not found');
SELECT is((pg_temp.put(pg_temp.record('P9', '350102198003050017', '王方', '{"area": "340500"}'), '{340500}')).code, 'PERSON_NOT_FOUND',
          'staff move nobody in from an area they do not cover');
SELECT is((pg_temp.put(pg_temp.record('P9', '350102198003050017', '王方', '{"area": "340500"}'), '{340100}')).code, 'PERSON_NOT_FOUND',
          'nor out to one');

-- F18
SELECT is((SELECT (subject, reason)::text FROM gongji.audit_log WHERE person = gongji.person_of('P9') AND action = 'person.read'), '(op1,test)',
          'F18: who read a register entry and why is recorded, once a read');

-- Resolve
SELECT is((pg_temp.resolve('34050319850612001X', '张伟')).result, '{"person_id": "P1"}', 'S0-20: name and ID number find the person');
SELECT is(pg_temp.resolve('34050319850612001X', '张三'), pg_temp.resolve('320106199001100011', '张三'), 'S0-20: a wrong name and an unknown number answer alike');
SELECT is((SELECT array_agg(DISTINCT details::text) FROM gongji.audit_log WHERE action = 'person.resolve' AND person = 0), '{"{\"matched\": false}"}',
          'P-37: the audit of a mismatch says nothing about the identity');

-- Freeze
SELECT is((api.person_freeze(pg_temp.staff('{*}'), 'P1', true, '死亡待核实')).result ->> 'frozen', 'true', 'an account is frozen');
SELECT is((SELECT frozen_reason FROM gongji.account WHERE person = gongji.person_of('P1')), '死亡待核实', 'with its reason');
SELECT is(pg_temp.events_of('P1'), 2::bigint, 'which is an event');
SELECT is((api.person_freeze(pg_temp.staff('{*}'), 'P1', true, '再次')).code, 'OK', 'freezing twice is no fault');
SELECT is(pg_temp.events_of('P1'), 2::bigint, 'and no event');
SELECT is((SELECT array_agg(reason ORDER BY id) FROM gongji.audit_log WHERE action = 'person.freeze'), '{死亡待核实,再次}', 'each order is recorded with its reason');
SELECT is((api.person_freeze(pg_temp.staff('{350000}'), 'P1', false, 'x')).code, 'PERSON_NOT_FOUND', 'staff free nobody outside their areas');
SELECT is((api.person_freeze(pg_temp.staff('{*}'), 'P1', false, '已核实')).result ->> 'frozen', 'false', 'and freed again');
SELECT is((SELECT frozen_reason FROM gongji.account WHERE person = gongji.person_of('P1')), NULL, 'without a reason left');
SELECT is((api.person_freeze(pg_temp.staff('{*}'), 'nobody', true, 'x')).code, 'PERSON_NOT_FOUND', 'nobody cannot be frozen');

-- Enrollments
SELECT is((api.enrollment_put(pg_temp.staff('{*}'), 'P1', 2026, true)).code, 'CREATED', 'an enrolled year is recorded');
SELECT is((api.enrollment_put(pg_temp.staff('{*}'), 'P1', 2026, true)).code, 'OK', 'the same again is no fault');
SELECT is((api.enrollment_put(pg_temp.staff('{*}'), 'P1', 2026, false)).result, '{"person_id": "P1", "benefit_year": 2026, "enrolled": false}', 'a year is corrected');
SELECT is((SELECT count(*) FROM gongji.audit_log WHERE action = 'enrollment.put'), 2::bigint, 'both changes are recorded, the repetition is not');
SELECT is((api.enrollment_put(pg_temp.staff('{350000}'), 'P1', 2026, true)).code, 'PERSON_NOT_FOUND', 'staff enroll nobody outside their areas');

-- Imports
SELECT is((api.person_import(pg_temp.staff('{340000}'), jsonb_build_array(
              pg_temp.record('I1', '340521195708080043', '奶奶'),
              pg_temp.record('I2', '340521195708080043', '别人'),
              pg_temp.record('I3', '340503201904010021', '女儿', '{"area": "350100"}'),
              pg_temp.record('I4', '340503201904010021', '女儿', '{"area": "000000"}'),
              pg_temp.record('I1', '340521195708080043', '奶奶', '{"status": "paused"}')))).result,
          '[{"code": "CREATED", "extras": null}, {"code": "ID_NUMBER_TAKEN", "extras": null}, {"code": "PERSON_NOT_FOUND", "extras": null},
            {"code": "AREA_UNKNOWN", "extras": null}, {"code": "OK", "extras": null}]', 'a chunk of persons is written row by row, by the rules of a single write');
SELECT is((SELECT status FROM gongji.person WHERE person_no = 'I1'), 'paused', 'a later line changes what an earlier one made');
SELECT is((api.enrollment_import(pg_temp.staff('{*}'), '[{"person_no": "I1", "benefit_year": 2025, "enrolled": true}, {"person_no": "nobody", "benefit_year": 2025, "enrolled": true}]')).result
          #>> '{1,code}', 'PERSON_NOT_FOUND', 'an enrollment of nobody is refused');
SELECT is((SELECT count(*) FROM gongji.enrollment WHERE person = gongji.person_of('I1')), 1::bigint, 'and leaves the others alone');

-- Privileges
SET LOCAL ROLE gongji_app;
SELECT throws_ok('SELECT count(*) FROM gongji.person', '42501', NULL, 'the server''s role reads no table');
SELECT throws_ok('SELECT gongji.person_write(''{}'', ''{}'')', '42501', NULL, 'nor calls an inner function');
RESET ROLE;

-- Employee years are enrolled years: whoever moves to the resident scheme has no gap there
CREATE FUNCTION pg_temp.on_day(p_day timestamptz, p_scheme text, p_status text DEFAULT 'normal') RETURNS text LANGUAGE sql AS $$
    SELECT fixture.clock(p_day);
    SELECT (pg_temp.put(pg_temp.record('emp', '340506197506300016', '赵安', jsonb_build_object('scheme', p_scheme, 'status', p_status)))).code
$$;
SELECT pg_temp.on_day('2021-05-01 10:00+08', 'resident'), pg_temp.on_day('2022-05-01 10:00+08', 'employee'), pg_temp.on_day('2023-12-31 23:59:59+08', 'employee', 'terminated');
INSERT INTO gongji.enrollment VALUES (gongji.person_of('emp'), 2023, false, 'test', now());
SELECT pg_temp.on_day('2025-03-01 10:00+08', 'employee'), pg_temp.on_day('2026-02-01 10:00+08', 'resident', 'paused');
SELECT is((SELECT jsonb_object_agg(benefit_year, enrolled) FROM gongji.enrollment WHERE person = gongji.person_of('emp')), '{"2022": true, "2023": false, "2025": true, "2026": true}',
          'P-05 each year in normal standing with an employer counts; what the register says of a year stands');
SELECT pg_temp.on_day('2026-03-01 10:00+08', 'resident');
SELECT is((SELECT count(*) FROM gongji.enrollment WHERE person = gongji.person_of('emp')), 4::bigint, 'nothing else writes any');

SELECT * FROM finish();
ROLLBACK;
