-- Family bindings: who may bind whom, when, with what; and how a binding ends. Rule ids are those of the mission.
BEGIN;
SELECT no_plan();
SELECT fixture.clock('2026-10-14 10:00:00+08');

SELECT fixture.policy('340500');
SELECT fixture.policy('340100');
SELECT fixture.policy('350100');
SELECT fixture.policy('320100');

CREATE FUNCTION pg_temp.apply(p_sub text, p_beneficiary text, p_relation text DEFAULT 'child', p_ctx jsonb DEFAULT '{}', p_notice text DEFAULT 'test',
                              p_evidence uuid[] DEFAULT '{}', p_from date DEFAULT NULL, p_to date DEFAULT NULL) RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT api.binding_create(fixture.ctx(p_sub, 'citizen', p_ctx), gen_random_uuid(), ARRAY['id:' || p_beneficiary], ARRAY['match:' || p_beneficiary],
                              p_relation, p_notice, p_evidence, p_from, p_to)
$$;
CREATE FUNCTION pg_temp.grantor(p_no text, p_area text DEFAULT '340500') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_person bigint := fixture.person(p_no, p_area);
BEGIN
    PERFORM fixture.money(v_person, 'prior_year', 100000);
    RETURN v_person;
END
$$;
CREATE FUNCTION pg_temp.codes(p_outcome gongji.outcome) RETURNS text
LANGUAGE sql AS $$ SELECT array_to_string(coalesce(p_outcome.codes, ARRAY[p_outcome.code]), ' ') $$;

-- The plain case -----------------------------------------------------------------------------------------------------
SELECT pg_temp.grantor('mother');
SELECT fixture.person('child', '340500', 'resident');
CREATE TEMP TABLE applied AS SELECT (o).* FROM (SELECT pg_temp.apply('mother', 'child', p_ctx => '{"actor": "aunt"}') o) x;

SELECT is((SELECT code FROM applied), 'CREATED', 'S0-16 S0-19 S1-27: the grantor applies with name, ID number and relation');
SELECT is((SELECT result ->> 'status' FROM applied), 'pending_review', 'S0-21 S1-29: not usable before it is approved');
SELECT is((SELECT result ->> 'effective_at' FROM applied), NULL, 'S0-21: not effective before it is approved');
SELECT is((SELECT result - 'id' - 'created_at' FROM applied),
          '{"status": "pending_review", "grade": "full", "grantor_id": "mother", "grantor": {"person_id": "mother", "name": "张*", "area": "340500"},
            "beneficiary": {"person_id": "child", "name": "张*", "id_number": "340*************1X", "area": "340500"}, "relation": "child", "priority": 1,
            "notice_version": "test", "review": {"mode": "manual", "state": "queued", "due_at": "2026-10-20T00:00:00.000000+08:00"},
            "effective_at": null, "actor": "aunt"}',
          'S0-18 S0-20: the binding names both by masks, its place in the order and what it waits for');
SELECT is((SELECT notice_version || ' ' || channel || ' ' || applied_by || ' ' || actor FROM gongji.binding WHERE id = (SELECT substr(result ->> 'id', 5)::uuid FROM applied)),
          'test web_hall mother aunt', 'S0-16 S1-17: stored are the notice accepted, the channel, who applied and who operated');
SELECT is((SELECT count(*)::integer FROM gongji.binding_by_grantor WHERE grantor = gongji.person_of('mother')), 1, 'the mirror by grantor is written with it');
SELECT is((SELECT string_agg(action, ' ') FROM gongji.audit_log WHERE person = gongji.person_of('mother')), 'binding.applied', 'an application is in the audit');
SELECT is((SELECT type || ' ' || (payload ->> 'status') FROM gongji.outbox WHERE person = gongji.person_of('child')), 'binding.applied pending_review', 'an application is an event');

-- The grantor's side -------------------------------------------------------------------------------------------------
SELECT fixture.person('spare', '340500', 'resident');
SELECT pg_temp.grantor('resident grantor');
UPDATE gongji.person SET scheme = 'resident' WHERE person_no = 'resident grantor';
SELECT is(pg_temp.codes(pg_temp.apply('resident grantor', 'spare')), 'GRANTOR_NOT_EMPLOYEE_INSURED', 'S0-08 S1-06: only a member of the employee scheme shares');
SELECT pg_temp.grantor('excluded grantor');
UPDATE gongji.person SET excluded = true WHERE person_no = 'excluded grantor';
SELECT is(pg_temp.codes(pg_temp.apply('excluded grantor', 'spare')), 'GRANTOR_NOT_EMPLOYEE_INSURED', 'P-12: nobody under publicly funded care shares');
SELECT fixture.person('poor grantor');
SELECT is(pg_temp.codes(pg_temp.apply('poor grantor', 'spare')), 'GRANTOR_NO_BALANCE', 'S0-09 S1-12: nothing in the account, nothing to share');
SELECT fixture.money(gongji.person_of('poor grantor'), 'current_year', 1);
SELECT is(pg_temp.codes(pg_temp.apply('poor grantor', 'spare')), 'CREATED', 'S0-09: one fen in either bucket is a balance');
SELECT pg_temp.grantor('paused grantor');
UPDATE gongji.person SET status = 'paused' WHERE person_no = 'paused grantor';
SELECT is(pg_temp.codes(pg_temp.apply('paused grantor', 'spare')), 'GRANTOR_STATUS_ABNORMAL', 'S0-10 S1-18 S1-44: the grantor must be normally insured');
SELECT fixture.policy('340500', '{"grantor_status_required": ["normal", "paused"]}', '2000-01-02');
SELECT is(pg_temp.codes(pg_temp.apply('paused grantor', 'spare')), 'CREATED', 'P-16: unless the area accepts a paused grantor');
SELECT fixture.policy('340500', '{}', '2000-01-03');
SELECT pg_temp.grantor('frozen grantor');
UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of('frozen grantor');
SELECT is(pg_temp.codes(pg_temp.apply('frozen grantor', 'spare')), 'GRANTOR_FROZEN', 'a frozen account is not shared');
SELECT is(pg_temp.codes(pg_temp.apply('nobody', 'spare')), 'PERSON_NOT_FOUND', 'who is not in the register cannot apply');
SELECT fixture.policy('340500', '{"channels": {"bind": ["wechat_mini"]}}', '2000-01-04');
SELECT is(pg_temp.codes(pg_temp.apply('mother', 'spare')), 'CHANNEL_NOT_ALLOWED', 'S0-16: only through the channels the area names');
SELECT is(pg_temp.codes(pg_temp.apply('mother', 'spare', p_ctx => '{"channel": "wechat_mini"}')), 'CREATED', 'S0-16: a channel the area names');
SELECT fixture.policy('340500', '{}', '2000-01-05');

-- Name and ID number -------------------------------------------------------------------------------------------------
SELECT pg_temp.grantor('guesser');
CREATE FUNCTION pg_temp.guess(p_blind text, p_match text) RETURNS text
LANGUAGE sql AS $$
    SELECT pg_temp.codes(api.binding_create(fixture.ctx('guesser'), gen_random_uuid(), ARRAY[p_blind], ARRAY[p_match], 'sibling', 'old', '{}', NULL, NULL))
$$;
SELECT is(pg_temp.guess('id:child', 'match:spare'), 'NAME_ID_MISMATCH', 'S0-20: a wrong name; nothing more about the person is said, the wrong relation included');
SELECT is(pg_temp.guess('id:unknown', 'match:unknown'), 'NAME_ID_MISMATCH', 'S0-20: an unknown person, in the same words');
SELECT is((SELECT failures FROM gongji.identity_failure WHERE person = gongji.person_of('guesser')), 2, 'S0-20: both are counted');
SELECT is((SELECT string_agg(pg_temp.guess('id:unknown', 'x'), ' ') FROM generate_series(3, 10)), trim(repeat('NAME_ID_MISMATCH ', 8)), 'S0-20: ten a day are answered');
SELECT is(pg_temp.guess('id:unknown', 'x'), 'RATE_LIMITED', 'S0-20: the eleventh is not');
SELECT is(pg_temp.codes(pg_temp.apply('guesser', 'spare')), 'RATE_LIMITED', 'S0-20: nor is a right one after them, which would tell the guesses apart');
SELECT fixture.clock('2026-10-15 00:00:00+08');
SELECT is(pg_temp.codes(pg_temp.apply('guesser', 'spare')), 'CREATED', 'S0-20: the next day it is');
SELECT fixture.clock('2026-10-14 10:00:00+08');
SELECT is(pg_temp.codes(pg_temp.apply('mother', 'mother')), 'SELF_BINDING', 'nobody binds themselves');

-- The beneficiary's side ---------------------------------------------------------------------------------------------
SELECT fixture.person('e ' || status, '340500', 'employee', status), fixture.person('r ' || status, '340500', 'resident', status)
  FROM unnest(ARRAY['normal', 'paused', 'terminated', 'not_insured', 'deceased']) AS s (status);
CREATE FUNCTION pg_temp.bind_status(p_no text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_out gongji.outcome;
BEGIN
    PERFORM pg_temp.grantor('for ' || p_no);
    v_out := pg_temp.apply('for ' || p_no, p_no);
    RETURN coalesce(v_out.result ->> 'grade', v_out.code);
END
$$;
SELECT is(pg_temp.bind_status(c.no), c.expected, 'S0-12 S1-07 S1-11 S1-18 S1-44 P-11: a beneficiary ' || c.no)
  FROM (VALUES ('e normal', 'full'), ('e paused', 'BENEFICIARY_STATUS_ABNORMAL'), ('e terminated', 'BENEFICIARY_STATUS_ABNORMAL'),
               ('e not_insured', 'BENEFICIARY_NOT_INSURED'), ('e deceased', 'BENEFICIARY_NOT_INSURED'),
               ('r normal', 'full'), ('r paused', 'premium_only'), ('r terminated', 'premium_only'),
               ('r not_insured', 'premium_only'), ('r deceased', 'BENEFICIARY_NOT_INSURED')) AS c (no, expected);
UPDATE gongji.person SET status = 'normal' WHERE person_no = 'r paused';
SELECT is((SELECT gongji.binding_body(beneficiary, id, gongji.now_cn()) ->> 'grade' FROM gongji.binding WHERE beneficiary = gongji.person_of('r paused')),
          'full', 'P-11: a premium-only binding is full by itself once the beneficiary is normal');
SELECT fixture.policy('340500', '{"uses": {"resident_premium": ["self"]}}', '2000-01-06');
SELECT is(pg_temp.bind_status('r terminated 2'), c, 'S0-12: not insured, and no use open to relatives that would take them')
  FROM (SELECT fixture.person('r terminated 2', '340500', 'resident', 'not_insured')) f, (VALUES ('BENEFICIARY_NOT_INSURED')) AS v (c);
SELECT fixture.policy('340500', '{}', '2000-01-07');
SELECT fixture.person('excluded child', '340500', 'resident');
UPDATE gongji.person SET excluded = true WHERE person_no = 'excluded child';
SELECT is(pg_temp.codes(pg_temp.apply('mother', 'excluded child')), 'BENEFICIARY_NOT_INSURED', 'P-12: nobody under publicly funded care is shared with');

-- Relations and limits -----------------------------------------------------------------------------------------------
SELECT pg_temp.grantor('father');
SELECT fixture.person('m' || n, '340500', 'resident') FROM generate_series(1, 12) n;
SELECT is(pg_temp.codes(pg_temp.apply('father', 'm1', 'sibling')), 'RELATION_NOT_PERMITTED', 'S0-11 S1-07: spouse, parents and children, where the area says so');
SELECT fixture.policy('340500', '{"relations": ["spouse", "parent", "child", "sibling"]}', '2026-10-15');
SELECT is(pg_temp.codes(pg_temp.apply('father', 'm1', 'sibling')), 'RELATION_NOT_PERMITTED', 'S1-09: near relatives not before the day the area widens it');
SELECT fixture.clock('2026-10-15 10:00:00+08');
SELECT is(pg_temp.codes(pg_temp.apply('father', 'm1', 'sibling')), 'CREATED', 'S1-09: near relatives from that day on');
SELECT fixture.policy('340500', '{"relation_limits": {"child": 2}, "max_members": 4}', '2026-10-15');
SELECT pg_temp.apply('father', 'm' || n) FROM generate_series(2, 3) n;
SELECT is(pg_temp.codes(pg_temp.apply('father', 'm4')), 'RELATION_LIMIT_REACHED', 'P-19: children up to the limit of their kind');
SELECT is(pg_temp.codes(pg_temp.apply('father', 'm4', 'parent')), 'CREATED', 'P-19: other kinds are not counted with them');
SELECT is(pg_temp.codes(pg_temp.apply('father', 'm5')), 'RELATION_LIMIT_REACHED MEMBER_LIMIT_REACHED', 'P-18 S0-31: both limits are named at once');
SELECT is(pg_temp.codes(pg_temp.apply('father', 'm1', 'parent')), 'BINDING_EXISTS', 'P-18: once bound, binding again is no new member and takes no second place');
SELECT is((api.binding_withdraw(fixture.ctx('father'), id)).code, 'OK', 'a pending application is withdrawn by its grantor')
  FROM gongji.binding WHERE beneficiary = gongji.person_of('m2');
SELECT is(pg_temp.codes(pg_temp.apply('father', 'm5')), 'CREATED', 'P-19: a withdrawn one no longer counts');
SELECT fixture.policy('340500', '{"max_grantors_per_beneficiary": 1}', '2026-10-15');
SELECT pg_temp.grantor('uncle');
SELECT is(pg_temp.codes(pg_temp.apply('uncle', 'm5')), 'GRANTOR_LIMIT_REACHED', 'P-18: each beneficiary has one grantor where the insured''s area says so');
SELECT fixture.policy('340500', '{}', '2026-10-15');
SELECT is((pg_temp.apply('uncle', 'm5')).result -> 'priority', '2', 'P-17: the next place in the beneficiary''s order');

-- Areas --------------------------------------------------------------------------------------------------------------
SELECT fixture.person('hefei child', '340100', 'resident'), fixture.person('nanjing child', '320100', 'resident'), pg_temp.grantor('grantor c', '340500');
SELECT is(pg_temp.codes(pg_temp.apply('grantor c', 'nanjing child')), 'CROSS_PROVINCE_NOT_ALLOWED', 'S0-15: another province is closed until a link opens it');
INSERT INTO gongji.area_link (grantor_area, beneficiary_area, valid_from, valid_to, uses, created_at, created_by)
VALUES ('340000', '320100', '2026-10-16', '2026-12-31', '{resident_premium}', now(), 'test');
SELECT is(pg_temp.codes(pg_temp.apply('grantor c', 'nanjing child')), 'CROSS_PROVINCE_NOT_ALLOWED', 'S0-15: not before its first day');
SELECT fixture.clock('2026-10-16 10:00:00+08');
SELECT is(pg_temp.codes(pg_temp.apply('grantor c', 'nanjing child')), 'CREATED', 'S0-15: from its first day');
SELECT fixture.policy('340500', '{"cross_area": false}', '2026-10-16'), fixture.policy('340100', '{"cross_area": false}', '2026-10-16');
SELECT is(pg_temp.codes(pg_temp.apply('grantor c', 'hefei child')), 'CROSS_AREA_NOT_ALLOWED', 'S1-26: the grantor''s area keeps to itself');
SELECT fixture.policy('340500', '{}', '2026-10-16');
CREATE TEMP TABLE not_enabled AS SELECT (o).* FROM (SELECT pg_temp.apply('grantor c', 'hefei child') o) x;
SELECT is((SELECT code || (result #>> '{AREA_NOT_ENABLED,area}') FROM not_enabled), 'AREA_NOT_ENABLED340100', 'S1-26: both areas must have it on, and the answer says which has not');
SELECT fixture.policy('340100', '{}', '2026-10-16');
SELECT is(pg_temp.codes(pg_temp.apply('grantor c', 'hefei child')), 'CREATED', 'S0-13 S0-14: any area of the province');

-- Evidence and notice ------------------------------------------------------------------------------------------------
SELECT fixture.policy('340500', '{"evidence_required": {"child": ["birth_certificate", "household_register"]}, "notice_version": "2026-2"}', '2026-10-16');
CREATE FUNCTION pg_temp.upload(p_sub text, p_type text) RETURNS uuid
LANGUAGE sql AS $$
    SELECT substr((api.evidence_create(fixture.ctx(p_sub), gen_random_uuid(), p_type, 'image/png', repeat('a', 64), 8, 'v1.sealed')).result ->> 'id', 5)::uuid
$$;
SELECT pg_temp.grantor('grantor d'), fixture.person('d child', '340500', 'resident'), fixture.person('d parent', '340500');
CREATE TEMP TABLE bare AS SELECT (o).* FROM (SELECT pg_temp.apply('grantor d', 'd child') o) x;
SELECT is((SELECT array_to_string(codes, ' ') FROM bare), 'EVIDENCE_REQUIRED NOTICE_NOT_ACCEPTED', 'S1-17 S1-28: a document is missing, and the notice in force was not accepted');
SELECT is((SELECT result - 'AREA_NOT_ENABLED' FROM bare),
          '{"EVIDENCE_REQUIRED": {"accepted": ["birth_certificate", "household_register"]}, "NOTICE_NOT_ACCEPTED": {"notice_version": "2026-2"}}',
          'S1-17 S1-28: the answer says which documents will do and which notice is in force');
SELECT is(pg_temp.codes(pg_temp.apply('grantor d', 'd child', 'child', '{}', '2026-2', ARRAY[pg_temp.upload('grantor d', 'other')])), 'EVIDENCE_REQUIRED', 'S1-28: a document of another kind');
SELECT is(pg_temp.codes(pg_temp.apply('grantor d', 'd child', 'child', '{}', '2026-2', ARRAY[pg_temp.upload('uncle', 'birth_certificate')])), 'EVIDENCE_REQUIRED', 'S1-28: somebody else''s document');
SELECT is(pg_temp.codes(pg_temp.apply('grantor d', 'd parent', 'parent', '{}', '2026-2')), 'CREATED', 'S1-28: none is asked for another relation');
CREATE TEMP TABLE proof AS SELECT pg_temp.upload('grantor d', 'household_register') AS id;
SELECT is(pg_temp.codes(pg_temp.apply('grantor d', 'd child', 'child', '{}', '2026-2', ARRAY[id, id])), 'CREATED', 'S1-28: one of the listed kinds will do') FROM proof;
SELECT is((SELECT count(*)::integer FROM gongji.binding_evidence WHERE evidence_id = (SELECT id FROM proof)), 1, 'S1-28: it is kept with the binding, once');
SELECT is((SELECT uploaded_by || type || size || sha256 FROM gongji.evidence WHERE id = (SELECT id FROM proof)), 'grantor dhousehold_register8' || repeat('a', 64), 'S1-28: kind, digest, size and who');
SELECT is((api.evidence_get(fixture.ctx(c.sub, c.kind, c.more), id)).code, c.expected, 'S1-28: a document and ' || c.who)
  FROM proof, (VALUES ('grantor d', 'citizen', '{}'::jsonb, 'OK', 'its owner'), ('uncle', 'citizen', '{}', 'EVIDENCE_NOT_FOUND', 'another citizen'),
                      ('op', 'staff', '{"areas": ["340000"]}', 'OK', 'a reviewer of the province'),
                      ('op', 'staff', '{"areas": ["350000"]}', 'EVIDENCE_NOT_FOUND', 'a reviewer of another')) AS c (sub, kind, more, expected, who);
SELECT fixture.policy('340500', '{}', '2026-10-16');

-- All at once --------------------------------------------------------------------------------------------------------
SELECT fixture.policy('340500', '{"channels": {"bind": ["counter"]}, "relations": ["spouse"], "relation_limits": {"child": 0}, "max_members": 0, "notice_version": "n",
                                  "evidence_required": {"child": ["birth_certificate"]}, "cross_area": false}', '2026-10-17');
SELECT fixture.policy('340100', '{"max_grantors_per_beneficiary": 0, "uses": {}}', '2026-10-17');
SELECT fixture.person('all', '340500', 'resident', 'paused'), fixture.person('all child', '340100', 'resident', 'paused');
SELECT fixture.bind(gongji.person_of('all'), gongji.person_of('all child'));
UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of('all');
SELECT fixture.clock('2026-10-17 10:00:00+08');
SELECT is(pg_temp.codes(pg_temp.apply('all', 'all child')),
          'CHANNEL_NOT_ALLOWED GRANTOR_NOT_EMPLOYEE_INSURED GRANTOR_STATUS_ABNORMAL GRANTOR_FROZEN GRANTOR_NO_BALANCE BENEFICIARY_STATUS_ABNORMAL '
          'RELATION_NOT_PERMITTED RELATION_LIMIT_REACHED MEMBER_LIMIT_REACHED GRANTOR_LIMIT_REACHED CROSS_AREA_NOT_ALLOWED EVIDENCE_REQUIRED NOTICE_NOT_ACCEPTED BINDING_EXISTS',
          'S0-31: every failed condition at once, in the documented order');
SELECT is(pg_temp.codes(pg_temp.apply('all', 'stranger')),
          'CHANNEL_NOT_ALLOWED GRANTOR_NOT_EMPLOYEE_INSURED GRANTOR_STATUS_ABNORMAL GRANTOR_FROZEN GRANTOR_NO_BALANCE NAME_ID_MISMATCH',
          'S0-31 S0-20: nothing about the beneficiary after a mismatch');
SELECT fixture.policy('340500', '{}', '2026-10-18'), fixture.policy('340100', '{}', '2026-10-18');
SELECT fixture.clock('2026-10-18 10:00:00+08');

-- No review ----------------------------------------------------------------------------------------------------------
SELECT fixture.policy('340500', jsonb_build_object('review_mode', mode), day::date)
  FROM (VALUES ('none', '2026-10-18'), ('commitment', '2026-10-19'), ('automatic', '2026-10-20'), ('manual', '2026-10-21')) AS v (mode, day);
SELECT pg_temp.grantor('grantor e'), fixture.person('e' || d, '340500', 'resident') FROM generate_series(18, 18) d;
SELECT fixture.person('e' || d, '340500', 'resident') FROM generate_series(19, 21) d;
CREATE FUNCTION pg_temp.on_day(p_day integer) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_out gongji.outcome;
BEGIN
    PERFORM fixture.clock(make_timestamptz(2026, 10, p_day, 10, 0, 0, 'Asia/Shanghai'));
    v_out := pg_temp.apply('grantor e', 'e' || p_day);
    RETURN concat_ws(' ', v_out.result ->> 'status', v_out.result #>> '{review,mode}', v_out.result #>> '{review,state}', left(v_out.result #>> '{review,due_at}', 10));
END
$$;
SELECT is(pg_temp.on_day(18), 'active none decided', 'P-20 P-16: an area without review: active at once');
SELECT is(pg_temp.on_day(19), 'active commitment decided', 'P-20: a commitment is enough: active at once');
SELECT is(pg_temp.on_day(20), 'pending_review automatic queued 2026-10-24', 'P-20: nothing found automatically: the queue');
SELECT is(pg_temp.on_day(21), 'pending_review manual queued 2026-10-27', 'P-20: the queue; due after three working days, over the weekend');

-- Options ------------------------------------------------------------------------------------------------------------
SELECT fixture.policy('340500', '{"relation_limits": {"child": 3}, "max_members": 6, "evidence_required": {"child": ["birth_certificate"]}}', '2026-10-21');
CREATE TEMP TABLE options AS SELECT (api.binding_options(fixture.ctx('grantor e'))).result AS r;
SELECT is((SELECT r -> 'relations' FROM options),
          '[{"relation": "spouse", "limit": null, "left": null, "evidence": []}, {"relation": "parent", "limit": null, "left": null, "evidence": []},
            {"relation": "child", "limit": 3, "left": 0, "evidence": ["birth_certificate"]}]', 'S1-27: relations, places left, documents asked for');
SELECT is((SELECT r - 'relations' FROM options),
          '{"max_members": 6, "members_left": 2, "review": {"mode": "manual", "sla_workdays": 3}, "notice": {"version": "test", "text": "告知"}, "why_not": []}',
          'S1-17: members left and the notice to accept');
SELECT is((api.binding_options(fixture.ctx('poor grantor'))).result ->> 'why_not', '[]', 'S0-09: with one fen, nothing speaks against applying');
SELECT is((api.binding_options(fixture.ctx('resident grantor'))).result -> 'why_not', '["GRANTOR_NOT_EMPLOYEE_INSURED"]', 'S0-08: what would be refused anyway is said before');

-- Who sees it --------------------------------------------------------------------------------------------------------
CREATE TEMP TABLE seen AS SELECT id FROM gongji.binding WHERE beneficiary = gongji.person_of('e18');
SELECT is((api.binding_get(fixture.ctx(c.sub, c.kind, c.more), id)).code, c.expected, 'a binding and ' || c.who)
  FROM seen, (VALUES ('grantor e', 'citizen', '{}'::jsonb, 'OK', 'its grantor'), ('e18', 'citizen', '{}', 'OK', 'its beneficiary'),
                     ('uncle', 'citizen', '{}', 'BINDING_NOT_FOUND', 'somebody else'), ('nobody', 'citizen', '{}', 'PERSON_NOT_FOUND', 'nobody in the register'),
                     ('op', 'staff', '{"areas": ["340500"]}', 'OK', 'staff of the area'), ('op', 'staff', '{"areas": ["350100"]}', 'BINDING_NOT_FOUND', 'staff of another area'),
                     ('op', 'staff', '{"areas": null}', 'BINDING_NOT_FOUND', 'staff of no area')) AS c (sub, kind, more, expected, who);
SELECT is((SELECT string_agg(action || ':' || reason, ' ') FROM gongji.audit_log WHERE person = gongji.person_of('e18') AND subject = 'op'), 'binding.read:test', 'S1-35: staff''s look is in the audit, with the reason');
CREATE FUNCTION pg_temp.listed(p_ctx jsonb, p_person text, p_filter jsonb, p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 50) RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(b #>> '{beneficiary,person_id}', ' ') FROM jsonb_array_elements(o.result -> 'data') b), '') || coalesce(' | ' || (o.result ->> 'next')::jsonb::text, '')
      FROM api.binding_list(p_ctx, p_person, p_filter, p_after, p_limit) o
$$;
SELECT is(pg_temp.listed(fixture.ctx('grantor e'), NULL, '{}'), 'e21 e20 e19 e18', 'S0-18 S1-30: my bindings, newest first');
SELECT is(pg_temp.listed(fixture.ctx('grantor e'), NULL, '{"status": "active"}'), 'e19 e18', 'S1-30: by status');
SELECT is(pg_temp.listed(fixture.ctx('grantor e'), NULL, '{"role": "beneficiary"}'), '', 'S1-30: by role');
SELECT is(pg_temp.listed(fixture.ctx('e18'), NULL, '{"role": "beneficiary"}'), 'e18', 'S1-30: the other side sees it too');
SELECT is(pg_temp.listed(fixture.ctx('op', 'staff'), 'e18', '{}'), 'e18', 'S1-35: staff name the person');
SELECT is((api.binding_list(fixture.ctx('op', 'staff', '{"areas": ["350100"]}'), 'e18', '{}', NULL, 50)).code, 'PERSON_NOT_FOUND', 'S1-35: of their areas');
WITH first AS (SELECT (api.binding_list(fixture.ctx('grantor e'), NULL, '{}', NULL, 3)).result -> 'next' AS next)
SELECT is(pg_temp.listed(fixture.ctx('grantor e'), NULL, '{}', next, 3), 'e18', 'S0-18: page by page, nothing twice, nothing left out') FROM first;

-- Order of grantors --------------------------------------------------------------------------------------------------
SELECT is((api.binding_priority(fixture.ctx(c.sub), id, c.priority)).result ->> 'priority', c.expected, 'P-16: the order of grantors is set by ' || c.sub)
  FROM seen, (VALUES ('e18', 5, '5'), ('grantor e', 2, '2'), ('uncle', 1, NULL)) AS c (sub, priority, expected);
SELECT is((SELECT priority FROM gongji.binding WHERE id = (SELECT id FROM seen)), 2, 'P-16: and by nobody else');
SELECT fixture.policy('340500', '{"grantor_order_editable": false}', '2026-10-21');
SELECT is((api.binding_priority(fixture.ctx('e18'), id, 1)).code, 'NOT_EDITABLE', 'P-17: not where the area keeps the order of time') FROM seen;

-- The end ------------------------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.release(p_sub text, p_no text, p_ctx jsonb DEFAULT '{}') RETURNS gongji.outcome
LANGUAGE sql AS $$ SELECT api.binding_release(fixture.ctx(p_sub, 'citizen', p_ctx), id, 'grown up') FROM gongji.binding WHERE beneficiary = gongji.person_of(p_no) ORDER BY created_at DESC LIMIT 1 $$;
SELECT fixture.policy('340500', '{"min_bound_days": 90, "release_effective": "next_day"}', '2026-10-21');
SELECT is((o.code, o.result #>> '{MIN_BOUND_DAYS,earliest}')::text, '(MIN_BOUND_DAYS,2027-01-16)', 'P-22: not before the shortest time, with the first possible day') FROM pg_temp.release('grantor e', 'e18') o;
SELECT is((pg_temp.release('grantor e', 'e21')).code, 'BINDING_NOT_RELEASABLE', 'a pending one is withdrawn, not released');
SELECT is((pg_temp.release('uncle', 'e18')).code, 'BINDING_NOT_FOUND', 'nobody else releases it');
SELECT fixture.clock('2027-01-16 00:00:00+08');
SELECT fixture.policy('340500', '{"min_bound_days": 90, "release_effective": "next_day"}', '2027-01-01');
SELECT is((o.result ->> 'status') || ' ' || (o.result ->> 'release_at'), 'active 2027-01-17T00:00:00.000000+08:00', 'P-22: from the day on, the beneficiary quits; active until midnight') FROM pg_temp.release('e18', 'e18') o;
SELECT is((pg_temp.release('grantor e', 'e18')).result ->> 'release_at', '2027-01-17T00:00:00.000000+08:00', 'P-22: released again, nothing changes');
SELECT is(pg_temp.codes(pg_temp.apply('grantor e', 'e18')), 'BINDING_EXISTS', 'P-22: until then it is bound');
SELECT fixture.clock('2027-01-17 00:00:00+08');
SELECT is((api.binding_get(fixture.ctx('grantor e'), id)).result ->> 'status', 'released', 'P-22: at midnight it is released, without anybody''s doing') FROM seen;
SELECT is((SELECT string_agg((e ->> 'event') || ':' || (e ->> 'by'), ' ') FROM seen, jsonb_array_elements((api.binding_history(fixture.ctx('e18'), id)).result -> 'data') e),
          'applied:grantor priority_changed:beneficiary priority_changed:grantor release_scheduled:beneficiary released:system', 'S0-21: the history says what happened and by which side');
SELECT is(pg_temp.codes(pg_temp.apply('grantor e', 'e18')), 'CREATED', 'P-22: and may be bound anew');
SELECT is((SELECT b.status || ' ' || (b.ended_at = '2027-01-17 00:00+08')::text FROM gongji.binding b, seen WHERE b.id = seen.id), 'released true', 'P-22: then the old one''s end is written down, as of midnight');
SELECT fixture.policy('340500', '{"review_mode": "none"}', '2027-01-01');
SELECT is((pg_temp.release('grantor e', 'e19')).result ->> 'status', 'released', 'P-22: at once where the area says so');
SELECT fixture.person('short', '340500', 'resident');
SELECT is((pg_temp.apply('grantor e', 'short', p_from => '2027-02-01', p_to => '2027-02-28')).result ->> 'effective_at', '2027-02-01T00:00:00.000000+08:00', 'P-35: a binding with a first day takes effect then');
SELECT fixture.clock('2027-03-01 00:00:00+08');
SELECT is(pg_temp.listed(fixture.ctx('short'), NULL, '{"status": "expired"}'), 'short', 'P-35: after its last day it has expired');

-- Keys ---------------------------------------------------------------------------------------------------------------
SELECT fixture.person('keyed', '340500', 'resident');
CREATE TEMP TABLE twice AS
SELECT n, (o).* FROM generate_series(1, 2) n,
       LATERAL (SELECT pg_temp.apply('grantor e', 'keyed', p_ctx => '{"key": "00000000000000000000000000000001", "request": "a"}') o WHERE n > 0) x;
SELECT is((SELECT string_agg(code || replayed, ' ' ORDER BY n) FROM twice), 'CREATEDfalse CREATEDtrue', 'F1: the same key twice is one application');
SELECT is((SELECT count(DISTINCT result)::integer FROM twice), 1, 'F1: with the same answer');
SELECT is((pg_temp.apply('grantor e', 'spare', p_ctx => '{"key": "00000000000000000000000000000001", "request": "b"}')).code, 'IDEMPOTENCY_KEY_REUSED', 'F1: another request under it is refused');
SELECT is((pg_temp.release('grantor e', 'keyed', '{"key": "00000000000000000000000000000002", "request": "r"}')).code, 'OK', 'F1: a release under a key');
SELECT is((o.code || o.replayed), 'OKtrue', 'F1: its retry is answered alike') FROM pg_temp.release('grantor e', 'keyed', '{"key": "00000000000000000000000000000002", "request": "r"}') o;

SELECT * FROM finish();
ROLLBACK;
