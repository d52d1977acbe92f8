-- The review desk: queue, leases, decisions, and what a decision checks again. Rule ids are those of the mission.
BEGIN;
SELECT no_plan();
SELECT fixture.clock('2026-10-16 10:00:00+08'); -- a Friday

SELECT fixture.policy('340500', '{"review_sla_workdays": 1}');
SELECT fixture.policy('350100', '{"review_sla_workdays": null}');

CREATE FUNCTION pg_temp.grantor(p_no text, p_area text DEFAULT '340500') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_person bigint := fixture.person(p_no, p_area);
BEGIN
    PERFORM fixture.money(v_person, 'prior_year', 100000);
    RETURN v_person;
END
$$;
-- Binds "<grantor>" to a new child "<grantor>'s", one minute after the last one.
CREATE FUNCTION pg_temp.apply(p_sub text, p_ctx jsonb DEFAULT '{}', p_area text DEFAULT '340500') RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := gen_random_uuid();
    v_out gongji.outcome;
BEGIN
    PERFORM fixture.clock(gongji.now_cn() + interval '1 minute');
    PERFORM fixture.person(p_sub || '''s', p_area, 'resident');
    v_out := api.binding_create(fixture.ctx(p_sub, 'citizen', p_ctx), v_id, ARRAY['id:' || p_sub || '''s'], ARRAY['match:' || p_sub || '''s'], 'child', 'test', '{}', NULL, NULL);
    IF v_out.code <> 'CREATED' THEN
        RAISE EXCEPTION 'not applied: %', v_out;
    END IF;
    RETURN v_id;
END
$$;
CREATE FUNCTION pg_temp.id_of(p_grantor text) RETURNS uuid
LANGUAGE sql AS $$ SELECT id FROM gongji.binding_by_grantor WHERE grantor = gongji.person_of(p_grantor) $$;
CREATE FUNCTION pg_temp.op(p_sub text, p_more jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql AS $$ SELECT fixture.ctx(p_sub, 'staff', '{"scope": "review"}' || p_more) $$;
CREATE FUNCTION pg_temp.listed(p_ctx jsonb, p_filter jsonb, p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 50) RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce((SELECT string_agg(b ->> 'grantor_id', ' ') FROM jsonb_array_elements(o.result -> 'data') b), '') FROM api.review_list(p_ctx, p_filter, p_after, p_limit) o
$$;
CREATE FUNCTION pg_temp.claim(p_ctx jsonb, p_area text DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$ SELECT coalesce(o.result ->> 'grantor_id', o.code) FROM api.review_claim(p_ctx, p_area) o $$;
CREATE FUNCTION pg_temp.decide(p_ctx jsonb, p_grantor text, p_decision text, p_reason text DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce(o.result ->> 'status', array_to_string(o.codes, ' ')) FROM api.review_decide(p_ctx, pg_temp.id_of(p_grantor), p_decision, p_reason, p_reason) o
$$;

SELECT pg_temp.grantor(g, CASE g WHEN 'fz' THEN '350100' ELSE '340500' END) FROM unnest(ARRAY['g1', 'g2', 'g3', 'g4', 'fz', 'free']) g;
SELECT pg_temp.apply('g1'), pg_temp.apply('g2', '{"actor": "clerk"}'), pg_temp.apply('fz', '{}', '350100'), pg_temp.apply('g3'), pg_temp.apply('g4');

-- Working days -------------------------------------------------------------------------------------------------------
SELECT is(gongji.add_workdays(c.day, c.n), c.expected, format('S1-29: %s working days after %s', c.n, c.day))
  FROM (VALUES ('2026-10-16'::date, 0, '2026-10-16'::date), ('2026-10-16', 1, '2026-10-19'), ('2026-10-17', 1, '2026-10-19'), ('2026-10-19', 5, '2026-10-26'),
               ('2026-10-21', 12, '2026-11-06')) AS c (day, n, expected);
SELECT is(gongji.workdays_between('2026-10-16', c.day), c.n, 'S1-29: age on ' || c.day) FROM (VALUES ('2026-10-16'::date, 0), ('2026-10-18', 0), ('2026-10-19', 1), ('2026-10-26', 6)) AS c (day, n);

SELECT is(gongji.is_workday(c.day), c.works, format('P-20 F11: %s %s', c.day, c.what))
  FROM (VALUES ('2026-02-16'::date, false, 'is a holiday'), ('2026-02-14', true, 'is a Saturday worked to make up for it'), ('2026-02-22', false, 'is a Sunday'),
               ('2026-02-24', true, 'is an ordinary Tuesday'), ('2031-05-01', true, 'is of a year not announced: a Thursday')) AS c (day, works, what);
SELECT is(gongji.add_workdays(c.day, c.n), c.expected, format('P-20 F11: %s working days after %s, over the holidays', c.n, c.day))
  FROM (VALUES ('2026-02-13'::date, 1, '2026-02-14'::date), ('2026-02-13', 3, '2026-02-25'), ('2026-02-13', 6, '2026-02-28'), ('2026-09-30', 1, '2026-10-08'),
               ('2026-09-30', 3, '2026-10-10'), ('2025-09-30', 1, '2025-10-09')) AS c (day, n, expected);
SELECT is(gongji.workdays_between('2026-09-30', '2026-10-11'), 3, 'F11: holidays make nobody late');
SELECT is(gongji.review_due('2026-09-30 17:00+08', 3), '2026-10-11 00:00+08'::timestamptz, 'P-20: due at the end of the Saturday worked');

-- The queue ----------------------------------------------------------------------------------------------------------
SELECT is(pg_temp.listed(pg_temp.op('op'), '{}'), 'g1 g2 fz g3 g4', 'S1-29: the queue, oldest first');
SELECT is(pg_temp.listed(pg_temp.op('op', '{"areas": ["340000"]}'), '{}'), 'g1 g2 g3 g4', 'S1-29: only the areas of the reviewer');
SELECT is(pg_temp.listed(pg_temp.op('op', '{"areas": null}'), '{}'), '', 'S1-29: a reviewer of no area sees none');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"area": "350000"}'), 'fz', 'S1-29: narrowed to a province');
WITH first AS (SELECT (api.review_list(pg_temp.op('op'), '{}', NULL, 2)).result AS r)
SELECT is(pg_temp.listed(pg_temp.op('op'), '{}', r -> 'next', 2), 'fz g3', 'S1-29: page by page') FROM first;
SELECT is((SELECT r -> 'next' FROM (SELECT (api.review_list(pg_temp.op('op'), '{}', NULL, 5)).result AS r) x), 'null', 'S1-29: no page after the last');
SELECT is((SELECT (r #> '{data,0}') - 'created_at' - 'queued_at' - 'id' - 'binding_id' FROM (SELECT (api.review_list(pg_temp.op('op'), '{}', NULL, 1)).result AS r) x),
          '{"status": "pending_review", "grade": "full", "grantor_id": "g1", "grantor": {"person_id": "g1", "name": "张*", "area": "340500"}, "relation": "child", "priority": 1,
            "beneficiary": {"person_id": "g1''s", "name": "张*", "id_number": "340*************1X", "area": "340500"}, "notice_version": "test", "effective_at": null,
            "review": {"mode": "manual", "state": "queued", "due_at": "2026-10-20T00:00:00.000000+08:00"}, "area": "340500", "state": "queued",
            "due_at": "2026-10-20T00:00:00.000000+08:00", "age_workdays": 0, "overdue": false, "lease": null, "decision": null, "decided_at": null,
            "evidence": [], "automatic_check": {"result": "none"}}', 'S1-29: an application with its age against the time allowed, and what was found');
SELECT fixture.clock('2026-10-20 00:00:00+08');
SELECT is((SELECT string_agg((b ->> 'age_workdays') || (b ->> 'overdue'), ' ') FROM jsonb_array_elements((api.review_list(pg_temp.op('op'), '{}', NULL, 50)).result -> 'data') b),
          '2true 2true 2false 2true 2true', 'F11: late after the last working day allowed; never where the policy sets no time');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"overdue": true}'), 'g1 g2 g3 g4', 'F11: the late ones');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"overdue": false}'), 'fz', 'F11: the others');

-- Leases -------------------------------------------------------------------------------------------------------------
SELECT is(pg_temp.claim(pg_temp.op('ann')), 'g1', 'S1-29: the oldest is claimed');
SELECT is(pg_temp.claim(pg_temp.op('ben')), 'g2', 'S1-29: two reviewers never get the same');
SELECT is(pg_temp.claim(pg_temp.op('ann'), '350100'), 'fz', 'S1-29: of one area');
SELECT is(pg_temp.claim(pg_temp.op('cec', '{"areas": ["350100"]}')), 'NO_CONTENT', 'S1-29: nothing left in the reviewer''s areas');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"state": "claimed"}'), 'g1 g2 fz', 'S1-29: what is claimed');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"state": "queued"}'), 'g3 g4', 'S1-29: what is not');
SELECT is((SELECT b #>> '{lease,reviewer}' || ' ' || (b #>> '{review,state}') FROM jsonb_array_elements((api.review_list(pg_temp.op('op'), '{"state": "claimed"}', NULL, 1)).result -> 'data') b),
          'dev/ann claimed', 'S1-29: the desk shows who holds it');
SELECT is(pg_temp.decide(pg_temp.op('ben'), 'g1', 'approve'), 'REVIEW_CLAIMED', 'S1-29: another''s lease is respected');
SELECT is(pg_temp.decide(pg_temp.op('ann', '{"issuer": "other"}'), 'g1', 'approve'), 'REVIEW_CLAIMED', 'S1-29: and a namesake at another issuer is another');
SELECT fixture.clock('2026-10-20 00:14:59+08');
SELECT is(pg_temp.decide(pg_temp.op('ben'), 'g1', 'approve'), 'REVIEW_CLAIMED', 'F11: for fifteen minutes');
SELECT fixture.clock('2026-10-20 00:15:01+08');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"state": "queued"}'), 'g1 g2 fz g3 g4', 'F11: a lease that ran out puts it back');
SELECT is(pg_temp.claim(pg_temp.op('ben')), 'g1', 'F11: and it is claimable, oldest first');
SELECT is(pg_temp.decide(pg_temp.op('ann'), 'g1', 'approve'), 'REVIEW_CLAIMED', 'F11: the first holder has lost it');

-- Decisions ----------------------------------------------------------------------------------------------------------
SELECT is(pg_temp.decide(pg_temp.op('ben', '{"areas": ["350100"]}'), 'g1', 'approve'), 'BINDING_NOT_FOUND', 'a reviewer outside the area sees nothing');
SELECT is(pg_temp.decide(pg_temp.op('ben'), 'g1', 'approve'), 'active', 'S0-21 S1-29: approved is active');
SELECT is((SELECT effective_at FROM gongji.binding WHERE id = pg_temp.id_of('g1')), (SELECT decided_at FROM gongji.review WHERE binding_id = pg_temp.id_of('g1')), 'S0-21: from the approval on');
SELECT is(pg_temp.decide(pg_temp.op('ann'), 'g1', 'reject', 'late'), 'REVIEW_ALREADY_DECIDED', 'S1-29: decided once');
SELECT is((api.binding_withdraw(fixture.ctx('g1'), pg_temp.id_of('g1'))).code, 'BINDING_NOT_PENDING', 'S0-21: what is decided is not withdrawn');
SELECT is(pg_temp.decide(pg_temp.op('op'), 'g3', 'reject', 'RELATION_UNPROVEN'), 'rejected', 'S1-29: a claim is not needed to decide');
SELECT is((api.binding_get(fixture.ctx('g3'), pg_temp.id_of('g3'))).result #>> '{review,reason_code}', 'RELATION_UNPROVEN', 'S1-29: the applicant learns why');
SELECT is((SELECT string_agg((e ->> 'event') || ':' || (e ->> 'by') || coalesce(':' || (e ->> 'reason_code'), ''), ' ')
             FROM jsonb_array_elements((api.binding_history(fixture.ctx('g3'), pg_temp.id_of('g3'))).result -> 'data') e),
          'applied:grantor rejected:office:RELATION_UNPROVEN', 'S1-29: in the history too, without the reviewer''s name');
SELECT is((SELECT subject || ' ' || action FROM gongji.audit_log WHERE person = gongji.person_of('g3') ORDER BY id DESC LIMIT 1), 'op binding.rejected', 'S0-45: the audit knows who');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"state": "decided"}'), 'g1 g3', 'S1-29: what was decided');

-- Reviewer conflict --------------------------------------------------------------------------------------------------
SELECT is(pg_temp.decide(c.ctx, 'g2', 'approve'), 'REVIEWER_CONFLICT', 'S1-29: not decided by ' || c.who)
  FROM (VALUES (pg_temp.op('op', '{"operator_person_id": "g2"}'), 'its grantor'), (pg_temp.op('op', '{"operator_person_id": "g2''s"}'), 'its beneficiary'),
               (pg_temp.op('clerk'), 'who made the application for the grantor'), (pg_temp.op('g2'), 'the login that applied')) AS c (ctx, who);
SELECT is(pg_temp.claim(pg_temp.op('clerk')), 'fz', 'S1-29: nor is it leased to them');
SELECT is(pg_temp.decide(pg_temp.op('op', '{"operator_person_id": "g4"}'), 'g2', 'approve'), 'active', 'S1-29: an insured reviewer decides others'' cases');

-- Asked for more -----------------------------------------------------------------------------------------------------
SELECT is(pg_temp.decide(pg_temp.op('op'), 'g4', 'request_more', 'PAGE_MISSING'), 'pending_review', 'S1-28: asked for more, still pending');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"state": "more_requested"}'), 'g4', 'S1-28: set aside');
SELECT is(pg_temp.claim(pg_temp.op('ann'), '340500'), 'NO_CONTENT', 'S1-28: and not in the queue');
CREATE TEMP TABLE page AS
SELECT substr((api.evidence_create(fixture.ctx('g4'), gen_random_uuid(), 'household_register', 'image/jpeg', repeat('b', 64), 9, 'v1.x')).result ->> 'id', 5)::uuid AS id;
SELECT is((api.binding_evidence(fixture.ctx(c.sub), pg_temp.id_of('g4'), c.ids)).code, c.expected, 'S1-28: documents added by ' || c.who)
  FROM page, LATERAL (VALUES ('g1', ARRAY[page.id], 'BINDING_NOT_FOUND', 'somebody else'), ('g4''s', ARRAY[page.id], 'BINDING_NOT_FOUND', 'the beneficiary'),
                             ('g4', ARRAY[gen_random_uuid()], 'EVIDENCE_NOT_FOUND', 'the grantor, but unknown'), ('g4', ARRAY[page.id], 'OK', 'the grantor')) AS c (sub, ids, expected, who);
SELECT is((SELECT (b ->> 'state') || ' ' || (b ->> 'due_at') || ' ' || (b #>> '{evidence,0,type}') || ' ' || (b #>> '{evidence,0,media_type}') || ' ' || (b #>> '{evidence,0,size}')
             FROM jsonb_array_elements((api.review_list(pg_temp.op('op'), '{"state": "queued", "area": "340500"}', NULL, 50)).result -> 'data') b),
          'queued 2026-10-22T00:00:00.000000+08:00 household_register image/jpeg 9', 'S1-28: queued again with its documents, and time for the desk to read them');
SELECT is((api.binding_evidence(fixture.ctx('g3'), pg_temp.id_of('g3'), '{}')).code, 'BINDING_NOT_PENDING', 'S1-28: a rejected application is over');

-- Conditions are checked again ---------------------------------------------------------------------------------------
UPDATE gongji.account SET frozen = true WHERE person = gongji.person_of('g4');
UPDATE gongji.person SET status = 'deceased' WHERE person_no = 'g4''s';
SELECT is(pg_temp.decide(pg_temp.op('op'), 'g4', 'approve'), 'GRANTOR_FROZEN BENEFICIARY_NOT_INSURED', 'F12 S1-18: conditions are checked again at approval, all of them');
SELECT is((SELECT status FROM gongji.binding WHERE id = pg_temp.id_of('g4')), 'pending_review', 'F12: and it stays where it was');
UPDATE gongji.account SET frozen = false WHERE person = gongji.person_of('g4');
UPDATE gongji.person SET status = 'normal' WHERE person_no = 'g4''s';
SELECT fixture.policy('340500', '{"relation_limits": {"child": 1}, "max_members": 1}', '2026-10-20');
SELECT is(pg_temp.decide(pg_temp.op('op'), 'g4', 'approve'), 'active', 'P-19: an application does not stand in its own way');

-- Withdrawn ----------------------------------------------------------------------------------------------------------
SELECT is((api.binding_withdraw(fixture.ctx('fz'), pg_temp.id_of('fz'))).result ->> 'status', 'withdrawn', 'an application under review may be withdrawn');
SELECT is(pg_temp.decide(pg_temp.op('clerk'), 'fz', 'approve'), 'REVIEW_ALREADY_DECIDED', 'and then nothing is left to decide');
SELECT fixture.policy('340500', '{"review_mode": "none"}', '2026-10-20');
SELECT pg_temp.apply('free');
SELECT is(pg_temp.decide(pg_temp.op('op'), 'free', 'reject', 'x'), 'REVIEW_ALREADY_DECIDED', 'P-20: what needed no review is not decided afterwards');
SELECT is(pg_temp.listed(pg_temp.op('op'), '{"state": "decided"}'), 'g1 g2 fz g3 g4', 'P-20: nor does the desk see it');

-- Keys ---------------------------------------------------------------------------------------------------------------
SELECT pg_temp.grantor('last');
SELECT fixture.policy('340500', '{}', '2026-10-20');
SELECT pg_temp.apply('last');
SELECT is((SELECT string_agg(o.code || o.replayed, ' ') FROM generate_series(1, 2) n,
                  LATERAL api.review_decide(pg_temp.op('op', jsonb_build_object('key', '00000000000000000000000000000003', 'request', 'a' || left(n::text, 0))), pg_temp.id_of('last'), 'approve', NULL, NULL) o),
          'OKfalse OKtrue', 'F1: a decision repeated under its key is answered alike');

SELECT * FROM finish();
ROLLBACK;
