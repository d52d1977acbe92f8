-- What changes of a person's insurance do to bindings, relations known from data, limits on what a grantor gives.
BEGIN;
SELECT no_plan();
SELECT fixture.clock('2026-11-23 10:00:00+08');

SELECT fixture.policy('340500');
SELECT fixture.policy('340100', '{"uses": {"outpatient": ["self", "relative"]}, "insured_status_allowed": {"*": ["normal"]}}');
SELECT fixture.policy('350100', '{"grantor_status_required": ["normal", "paused"]}');
SELECT fixture.standard(a, 2027, 40000, '[{"from": "2026-09-01", "to": "2026-12-31"}]') FROM unnest(ARRAY['340500', '340100', '350100']) a;

CREATE FUNCTION pg_temp.put(p_no text, p_more jsonb) RETURNS text
LANGUAGE sql AS $$
    SELECT (api.person_put(fixture.ctx('op1', 'staff'), jsonb_build_object(
               'person_no', p.person_no, 'name_sealed', 's', 'id_number_sealed', 's', 'name_mask', p.name_mask, 'id_number_mask', p.id_number_mask,
               'name_digests', ARRAY[p.name_digest]::text, 'blind_indexes', ARRAY['id:' || p_no]::text, 'match_digests', ARRAY['match:' || p_no]::text,
               'index_key_ids', '{k1}', 'birth_date', p.birth_date, 'area', p.area, 'scheme', p.scheme, 'status', p.status,
               'person_class', p.person_class, 'excluded', p.excluded) || p_more)).code
      FROM gongji.person p
     WHERE p.person_no = p_no
$$;
CREATE FUNCTION pg_temp.status(p_no text, p_status text) RETURNS text
LANGUAGE sql AS $$ SELECT pg_temp.put(p_no, jsonb_build_object('status', p_status)) $$;
CREATE FUNCTION pg_temp.family(p_tag text, p_area text, p_scheme text DEFAULT 'resident', p_status text DEFAULT 'active') RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_grantor bigint := fixture.person(p_tag || '-father', p_area);
BEGIN
    PERFORM fixture.money(v_grantor, 'prior_year', 100000);
    RETURN fixture.bind(v_grantor, fixture.person(p_tag || '-child', p_area, p_scheme), 'child', 1, p_status);
END
$$;
CREATE FUNCTION pg_temp.bound(p_tag text) RETURNS text
LANGUAGE sql AS $$
    SELECT concat_ws(' ', b.status, (SELECT e.event || coalesce(':' || e.reason_code, '') FROM gongji.binding_event e
                                      WHERE e.beneficiary = b.beneficiary AND e.binding_id = b.id ORDER BY e.n DESC LIMIT 1))
      FROM gongji.binding b
     WHERE b.beneficiary = gongji.person_of(p_tag || '-child')
$$;

-- One change of status, from normal --------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.after(p_tag text, p_area text, p_scheme text, p_who text, p_status text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.family(p_tag, p_area, p_scheme);
    PERFORM pg_temp.status(p_tag || '-' || p_who, p_status);
    RETURN pg_temp.bound(p_tag);
END
$$;
SELECT is(pg_temp.after(c.n::text, c.area, c.scheme, c.who, c.status), c.expected, format('%s: %s %s in %s, %s', c.rule, c.scheme, c.who, c.area, c.status))
  FROM (VALUES
    (1, 'F16 S1-18', '340500', 'resident', 'father', 'paused', 'suspended suspended:GRANTOR_PAUSED'),
    (2, 'F16', '340500', 'resident', 'father', 'not_insured', 'suspended suspended:GRANTOR_NOT_INSURED'),
    (3, 'P-12', '340500', 'resident', 'father', 'terminated', 'released released:GRANTOR_TERMINATED'),
    (4, 'P-30 F12', '340500', 'resident', 'father', 'deceased', 'released released:GRANTOR_DECEASED'),
    (5, 'P-16', '350100', 'resident', 'father', 'paused', 'active created'),
    (6, 'P-16', '350100', 'resident', 'father', 'terminated', 'released released:GRANTOR_TERMINATED'),
    (7, 'P-11', '340500', 'resident', 'child', 'paused', 'active created'),
    (8, 'P-11', '340500', 'resident', 'child', 'terminated', 'active created'),
    (9, 'P-11', '340500', 'resident', 'child', 'not_insured', 'active created'),
    (10, 'P-30', '340500', 'resident', 'child', 'deceased', 'released released:BENEFICIARY_DECEASED'),
    (11, 'P-12 S1-44', '340500', 'employee', 'child', 'paused', 'suspended suspended:BENEFICIARY_PAUSED'),
    (12, 'P-12', '340500', 'employee', 'child', 'terminated', 'released released:BENEFICIARY_TERMINATED'),
    (13, 'S1-44', '340100', 'resident', 'child', 'paused', 'suspended suspended:BENEFICIARY_PAUSED'),
    (14, 'P-12', '340100', 'resident', 'child', 'terminated', 'released released:BENEFICIARY_TERMINATED')
  ) AS c (n, rule, area, scheme, who, status, expected);
SELECT is((SELECT count(*)::integer FROM gongji.outbox o JOIN gongji.binding b ON b.beneficiary = o.person
            WHERE o.type = 'binding.suspended' AND o.payload ->> 'binding_id' = 'bnd_' || b.id), 4, 'S0-45: each suspension is an event');
SELECT is((SELECT string_agg(a.action, ' ' ORDER BY a.id) FROM gongji.audit_log a WHERE a.person = gongji.person_of('1-child')), 'binding.suspended',
          'S0-45: and in the audit of both people');
SELECT is((SELECT b.ended_at IS NOT NULL AND b.release_at IS NULL FROM gongji.binding b WHERE b.beneficiary = gongji.person_of('4-child')), true, 'P-30: a release by death is at once');

-- There and back ---------------------------------------------------------------------------------------------------------
SELECT pg_temp.family('back', '340500', 'employee');
SELECT pg_temp.status('back-father', 'paused'), pg_temp.status('back-child', 'paused'), pg_temp.status('back-father', 'normal');
SELECT is(pg_temp.bound('back'), 'suspended suspended:GRANTOR_PAUSED', 'F16: one side normal again is not enough');
SELECT pg_temp.status('back-child', 'normal');
SELECT is(pg_temp.bound('back'), 'active resumed', 'F16: both normal, active again');
SELECT pg_temp.status('back-father', 'terminated'), pg_temp.status('back-father', 'normal');
SELECT is(pg_temp.bound('back'), 'released released:GRANTOR_TERMINATED', 'P-12: what ended does not come back');
SELECT pg_temp.family('full', '340500', 'resident');
SELECT pg_temp.put('full-child', '{"status": "paused"}'), pg_temp.put('full-child', '{"status": "paused", "scheme": "employee"}');
SELECT is(pg_temp.bound('full'), 'suspended suspended:BENEFICIARY_PAUSED', 'P-11: premium only is for the resident scheme');
SELECT pg_temp.put('full-child', '{"scheme": "resident"}');
SELECT is(pg_temp.bound('full'), 'active resumed', 'P-11: and for it again');
SELECT pg_temp.family('moved', '350100');
SELECT pg_temp.put('moved-father', '{"status": "paused"}'), pg_temp.put('moved-father', '{"area": "340500"}');
SELECT is(pg_temp.bound('moved'), 'suspended suspended:GRANTOR_PAUSED', 'F12 P-16: moved to an area that asks for more');
SELECT pg_temp.family('late', '340500');
UPDATE gongji.binding SET valid_to = '2026-11-22' WHERE beneficiary = gongji.person_of('late-child');
SELECT pg_temp.status('late-father', 'paused');
SELECT is(pg_temp.bound('late'), 'active created', 'P-35: what has expired is left as it is');

-- Applications -----------------------------------------------------------------------------------------------------------
SELECT pg_temp.family('wait', '340500', 'resident', 'pending_review');
SELECT pg_temp.status('wait-father', 'terminated');
SELECT is(pg_temp.bound('wait'), 'pending_review created', 'F12: an application waits for its decision, which looks at the status again');
SELECT pg_temp.status('wait-father', 'deceased');
SELECT is(pg_temp.bound('wait'), 'released released:GRANTOR_DECEASED', 'P-30: death ends it');

-- A file of changes ------------------------------------------------------------------------------------------------------
SELECT pg_temp.family('a', '340500'), pg_temp.family('b', '340500', 'employee');
SELECT is((api.person_import(fixture.ctx('op1', 'staff'), (
              SELECT jsonb_agg(jsonb_build_object(
                         'person_no', p.person_no, 'name_sealed', 's', 'id_number_sealed', 's', 'name_mask', '张*', 'id_number_mask', p.id_number_mask,
                         'name_digests', ARRAY[p.name_digest]::text, 'blind_indexes', ARRAY['id:' || p.person_no]::text,
                         'match_digests', ARRAY['match:' || p.person_no]::text, 'index_key_ids', '{k1}', 'birth_date', p.birth_date, 'area', p.area,
                         'scheme', p.scheme, 'status', 'paused', 'person_class', p.person_class, 'excluded', false))
                FROM gongji.person p WHERE p.person_no IN ('a-father', 'b-child', 'b-father')))).code, 'OK', 'F16: a nightly file');
SELECT is(pg_temp.bound('a') || ', ' || pg_temp.bound('b'), 'suspended suspended:GRANTOR_PAUSED, suspended suspended:GRANTOR_PAUSED', 'F16: suspends what it pauses, each binding once');

-- At the payment ---------------------------------------------------------------------------------------------------------
SELECT is((fixture.pay('a-father', 'a-child', 2027)).codes, '{BINDING_NOT_ACTIVE,GRANTOR_STATUS_ABNORMAL}', 'S0-10 F16: the paused grantor hears both, in the documented order');
SELECT is((fixture.quote('a-father', 'a-child', 2027)).codes, '{BINDING_NOT_ACTIVE,GRANTOR_STATUS_ABNORMAL}', 'S0-10 F16: so does a quote');
SELECT is((fixture.quote('a-child', 'a-child', 2027)).result #>> '{skipped,0,why_not}', 'GRANTOR_STATUS_ABNORMAL', 'F16: another''s suspended binding is passed over, with the reason');
SELECT is((fixture.quote('13-child', '13-child', 2027)).codes, '{BENEFICIARY_STATUS_ABNORMAL,USE_NOT_PERMITTED}', 'S1-44: nothing is paid where the status is not allowed');
SELECT is((fixture.pay('a-child', 'a-child', 2027)).codes, '{SHORTFALL_CASH_REQUIRED,MUTUAL_AID_FUNDS_EMPTY}', 'F16: for others a suspended binding gives nothing');
SELECT is((fixture.pay('b-father', 'b-child', 2027)).codes, '{BINDING_NOT_ACTIVE,NOT_RESIDENT_SCHEME,GRANTOR_STATUS_ABNORMAL}', 'S0-31: all that applies');
SELECT pg_temp.status('a-father', 'normal');
SELECT is((fixture.pay('a-father', 'a-child', 2027)).code, 'CREATED', 'F16: normal again, it pays');
SELECT is((fixture.pay('5-father', '5-child', 2027)).code, 'CREATED', 'P-16: where the area lets a paused grantor give');
SELECT is((fixture.pay('7-father', '7-child', 2027)).code, 'CREATED', 'P-11: the premium of a lapsed child is paid');
SELECT is((fixture.pay('4-father', '4-child', 2027)).codes, '{BINDING_NOT_ACTIVE}', 'F12: nothing flows from a dead grantor');
SELECT is((SELECT string_agg(s ->> 'why_not', ' ') FROM jsonb_array_elements((api.account_aid(fixture.ctx('1-child'), NULL)).result -> 'sources') s),
          'GRANTOR_STATUS_ABNORMAL', 'S0-10: the child sees why');

-- Relations known from data ---------------------------------------------------------------------------------------------
SELECT fixture.policy('340500', '{"review_mode": "automatic", "evidence_required": {"child": ["birth_certificate"]},
                                  "relations": ["spouse", "parent", "child", "grandchild"]}', '2026-11-23');
SELECT fixture.money(fixture.person('gran'), 'prior_year', 100);
SELECT fixture.person('kid' || n, '340500', 'resident') FROM generate_series(1, 4) n;
CREATE FUNCTION pg_temp.record(p_person text, p_relative text, p_relations text, p_areas jsonb DEFAULT '["*"]') RETURNS text
LANGUAGE sql AS $$
    SELECT (api.relation_import(fixture.ctx('op1', 'staff', jsonb_build_object('areas', p_areas)), jsonb_build_array(jsonb_build_object(
               'person_no', p_person, 'relative_no', p_relative, 'relations', p_relations::jsonb)))).result #>> '{0,code}'
$$;
CREATE FUNCTION pg_temp.apply(p_sub text, p_no text, p_relation text DEFAULT 'child') RETURNS gongji.outcome
LANGUAGE sql AS $$
    SELECT api.binding_create(fixture.ctx(p_sub), gen_random_uuid(), ARRAY['id:' || p_no], ARRAY['match:' || p_no], p_relation, 'test', '{}', NULL, NULL)
$$;
SELECT is(pg_temp.record('gran', 'kid1', '["child"]'), 'CREATED', 'P-20: a relation is recorded');
SELECT is(pg_temp.record('gran', 'kid1', '["child"]'), 'OK', 'P-20: once');
SELECT is((SELECT array_agg(relations::text ORDER BY person) FROM gongji.relation_record), '{"{child}","{parent}"}', 'P-20: it counts from both sides');
SELECT is(pg_temp.record('kid2', 'gran', '["grandparent", "maternal_grandparent"]'), 'CREATED', 'S1-43: a code that does not tell the side leaves two');
SELECT is(pg_temp.record('gran', 'kid3', '["parent"]'), 'CREATED', 'P-20: another relation than will be claimed');
SELECT is(pg_temp.record('gran', 'nobody', '["child"]'), 'PERSON_NOT_FOUND', 'P-20: both must be registered');
SELECT is(pg_temp.record('gran', 'kid4', '["child"]', '["350000"]'), 'PERSON_NOT_FOUND', 'P-20: and one of them be of the office''s areas');
SELECT is((SELECT count(*)::integer FROM gongji.audit_log WHERE action = 'relation.put' AND person = gongji.person_of('gran')), 3, 'S0-45: each change is in the audit');
SELECT is((pg_temp.apply('gran', 'kid1')).result ->> 'status', 'active', 'P-20 P-21: a match decides at once and no document is asked for');
SELECT is((pg_temp.apply('gran', 'kid2', 'grandchild')).result ->> 'status', 'active', 'S1-43: one of two recorded is a match');
SELECT is((pg_temp.apply('gran', 'kid3')).codes, '{EVIDENCE_REQUIRED}', 'P-21: a document is asked for where the record says otherwise');
SELECT is((pg_temp.apply('gran', 'kid4')).codes, '{EVIDENCE_REQUIRED}', 'P-21: and where there is none');
SELECT fixture.policy('340500', '{"review_mode": "automatic"}', '2026-11-23');
SELECT is((pg_temp.apply('gran', no)).result ->> 'status', 'pending_review', 'P-20: no match, the queue: ' || no) FROM unnest(ARRAY['kid3', 'kid4']) no;
SELECT is((SELECT jsonb_agg(jsonb_build_array(r #> '{beneficiary,person_id}', r -> 'state', r -> 'decision', r -> 'automatic_check') ORDER BY r #>> '{beneficiary,person_id}')
             FROM jsonb_array_elements((api.review_list(fixture.ctx('op1', 'staff'), '{"area": "340500"}', NULL, 50)).result -> 'data') r
            WHERE r #>> '{beneficiary,person_id}' LIKE 'kid%'),
          '[["kid1", "decided", "approve", {"result": "match", "recorded": ["child"]}],
            ["kid2", "decided", "approve", {"result": "match", "recorded": ["grandchild", "maternal_grandchild"]}],
            ["kid3", "queued", null, {"result": "mismatch", "recorded": ["parent"]}], ["kid4", "queued", null, {"result": "none"}]]', 'S1-29: the desk sees what was found');
SELECT is((SELECT string_agg(e.event || ':' || e.by, ' ' ORDER BY e.n) FROM gongji.binding_event e WHERE e.beneficiary = gongji.person_of('kid1')), 'applied:gran approved:system',
          'P-20: the history says that nobody decided it');

-- What a grantor gives at most -------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.gives(p_sub text, p_child text) RETURNS text
LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', l ->> 'source', (l ->> 'amount_fen')::bigint / 100, l ->> 'rule', l #>> '{facts,cap_fen}', l #>> '{facts,cap_left_fen}'), ', ')
           || coalesce(' | ' || max(o.result #>> '{skipped,0,why_not}'), '')
      FROM fixture.quote(p_sub, p_child, 2027) o, jsonb_array_elements(o.result -> 'legs') l
$$;
CREATE FUNCTION pg_temp.limited(p_changes jsonb) RETURNS void LANGUAGE sql AS $$ SELECT fixture.policy('340500', p_changes, '2026-11-23') $$;
SELECT pg_temp.family('cap', '340500');
SELECT fixture.bind(gongji.person_of('cap-father'), fixture.person('cap-second', '340500', 'resident')),
       fixture.bind(gongji.person_of('cap-father'), fixture.person('cap-third', '340500', 'resident'));
SELECT pg_temp.limited('{"premium_cap_fen": 38000}');
SELECT is(pg_temp.gives('cap-father', 'cap-child'), 'aid 380 premium_cap_fen 38000 38000, cash 20 shortfall', 'P-19: at most 380.00 of one grantor for a premium');
SELECT pg_temp.limited('{"premium_cap_fen": 0}');
SELECT is(pg_temp.gives('cap-father', 'cap-child'), 'cash 400 shortfall | CAP_REACHED', 'P-19: a limit of nothing passes the grantor over');
SELECT pg_temp.limited('{"daily_cap_fen": 50000}');
SELECT is((fixture.pay('cap-father', 'cap-child', 2027)).code, 'CREATED', 'P-19: 400.00 of the 500.00 of a day');
SELECT is(pg_temp.gives('cap-father', 'cap-second'), 'aid 100 daily_cap_fen 50000 10000, cash 300 shortfall', 'P-19: 100.00 are left of the day');
SELECT is((SELECT concat_ws(' ', s ->> 'available_fen', s ->> 'usable') FROM jsonb_array_elements((api.account_aid(fixture.ctx('cap-second'), NULL)).result -> 'sources') s), '10000 true',
          'P-19: the relative sees no more than may be given');
SELECT pg_temp.limited('{"daily_cap_fen": 40000, "yearly_cap_fen": 60000}');
SELECT is(pg_temp.gives('cap-father', 'cap-second'), 'cash 400 shortfall | CAP_REACHED', 'P-19: nothing is left of the day');
SELECT is((SELECT s ->> 'why_not' FROM jsonb_array_elements((api.account_aid(fixture.ctx('cap-second'), NULL)).result -> 'sources') s), 'CAP_REACHED', 'P-19: the relative sees why');
SELECT fixture.clock('2026-11-24 00:00:00+08');
SELECT is(pg_temp.gives('cap-father', 'cap-second'), 'aid 200 yearly_cap_fen 60000 20000, cash 200 shortfall', 'P-19: the next day the year''s limit binds');
SELECT fixture.money(gongji.person_of('cap-second'), 'current_year', 20000);
SELECT is((fixture.pay('cap-father', 'cap-second', 2027)).code, 'CREATED', 'P-19: to the fen');
SELECT is(pg_temp.gives('cap-father', 'cap-third'), 'cash 400 shortfall | CAP_REACHED', 'P-19: and then no more this year');
SELECT fixture.money(gongji.person_of('cap-father'), 'current_year', 100);
SELECT is((fixture.quote('cap-third', 'cap-third', 2027)).result ->> 'own_fen', '0', 'P-19: what is given to others never limits one''s own use');

-- The limits count within a batch, too
SELECT pg_temp.family('batch', '340500');
SELECT fixture.bind(gongji.person_of('batch-father'), fixture.person('batch-second', '340500', 'resident'));
SELECT pg_temp.limited('{"daily_cap_fen": 50000}');
SELECT is(array_agg(o.code ORDER BY o.n), '{CREATED,SHORTFALL_CASH_REQUIRED}', 'P-19 F9: two payments of one transaction share the day''s limit')
  FROM api.premium_pay(ARRAY[fixture.ctx('batch-father') || '{"key": "00000000000000000000000000000011", "request": "1"}', fixture.ctx('batch-father') || '{"key": "00000000000000000000000000000012", "request": "2"}'],
                       ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY[NULL, NULL]::uuid[], ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY['batch-child', 'batch-second'], ARRAY[2027, 2027],
                       ARRAY['resident_basic', 'resident_basic'], ARRAY[NULL, NULL]::bigint[], ARRAY[false, false], ARRAY[NULL, NULL]::text[], ARRAY[NULL, NULL]::text[],
                       ARRAY[NULL, NULL]::text[], ARRAY[NULL, NULL]::text[], true)
       WITH ORDINALITY AS o (code, codes, result, replayed, n);

-- What is held for a payment under way is given, too
SELECT pg_temp.family('held', '340500');
SELECT fixture.bind(gongji.person_of('held-father'), fixture.person('held-second', '340500', 'resident'));
SELECT pg_temp.limited('{"daily_cap_fen": 35000}');
SELECT is((fixture.pay('held-father', 'held-child', 2027, NULL, '{"cash_channel": "counter"}')).result ->> 'status', 'awaiting_cash', 'P-19: 350.00 are held while cash is to come');
SELECT is(pg_temp.gives('held-father', 'held-second'), 'cash 400 shortfall | CAP_REACHED', 'P-19: and the day''s limit is reached');

-- The grantor's own limit for one beneficiary
SELECT pg_temp.family('mine', '340500') AS mine \gset
CREATE FUNCTION pg_temp.cap(p_sub text, p_id uuid, p_fen bigint) RETURNS text
LANGUAGE sql AS $$ SELECT concat_ws(' ', o.code, o.result ->> 'per_payment_cap_fen') FROM api.binding_cap(fixture.ctx(p_sub), p_id, p_fen) o $$;
SELECT is(pg_temp.cap('mine-father', :'mine', 15000), 'NOT_EDITABLE', 'S1-46: nobody sets an amount where policy knows no such limit');
SELECT pg_temp.limited('{"per_payment_cap_editable": true}');
SELECT is(pg_temp.cap('mine-child', :'mine', 15000), 'BINDING_NOT_FOUND', 'P-12: only the grantor');
SELECT is(pg_temp.cap('mine-father', :'mine', 15000), 'OK 15000', 'P-12: the grantor limits each payment for this member');
SELECT is(pg_temp.gives('mine-father', 'mine-child'), 'aid 150 per_payment_cap_fen 15000 15000, cash 250 shortfall', 'P-12: and gives no more');
SELECT is(pg_temp.cap('mine-father', :'mine', 50000), 'OK 50000', 'P-12: may change it any time');
SELECT is(pg_temp.gives('mine-father', 'mine-child'), 'aid 400 premium_standard', 'P-12: a limit not reached limits nothing');
SELECT pg_temp.cap('mine-father', :'mine', 100);
SELECT pg_temp.limited('{}');
SELECT is(pg_temp.gives('mine-father', 'mine-child'), 'aid 400 premium_standard', 'S1-46: a limit set counts only while policy allows it');
SELECT pg_temp.limited('{"per_payment_cap_editable": true}');
SELECT is(pg_temp.cap('mine-father', :'mine', NULL), 'OK', 'P-12: and is taken away');
SELECT is((SELECT string_agg(e.event, ' ' ORDER BY e.n) FROM gongji.binding_event e WHERE e.binding_id = :'mine'), 'created cap_changed cap_changed cap_changed cap_changed',
          'S0-45: each change is in the history');
SELECT api.binding_release(fixture.ctx('mine-father'), :'mine', NULL);
SELECT is(pg_temp.cap('mine-father', :'mine', 1), 'NOT_EDITABLE', 'P-12: not of a binding that is over');

SELECT * FROM finish();
ROLLBACK;
