-- Which channel may do what, by whose area; who was there when somebody acted for a person; when a release takes effect.
BEGIN;
SELECT no_plan();

SELECT fixture.clock('2026-03-01 09:00+08');
SELECT fixture.policy('340500', '{"channels": {"bind": ["counter"], "pay": [], "read": null}}'), fixture.policy('340100');
SELECT fixture.policy('340500', '{"channels": {"bind": null, "pay": ["counter"]}}', '2026-03-02');
CREATE TEMP TABLE who AS SELECT fixture.person('FATHER') AS father, fixture.person('GIRL', '340100', 'resident') AS girl;

-- The matrix -----------------------------------------------------------------------------------------------------------
SELECT is(gongji.channel_shut(jsonb_build_object('kind', c.kind, 'channel', c.channel), c.operation, w.father, c.at::timestamptz), c.shut,
          format('S0-32: %s through %s by %s on %s', c.operation, c.channel, c.kind, c.at))
  FROM who w, (VALUES
       ('citizen', 'counter', 'bind', '2026-03-01 09:00+08', false), ('citizen', 'kiosk', 'bind', '2026-03-01 09:00+08', true),
       ('citizen', 'counter', 'pay', '2026-03-01 09:00+08', true), ('citizen', 'kiosk', 'read', '2026-03-01 09:00+08', false),
       ('staff', 'kiosk', 'pay', '2026-03-01 09:00+08', false), ('citizen', 'kiosk', 'bind', '2026-03-02 00:00+08', false),
       ('citizen', 'counter', 'pay', '2026-03-02 00:00+08', false), ('citizen', 'kiosk', 'read', '2026-03-02 00:00+08', false)) AS c (kind, channel, operation, at, shut);
SELECT is((api.binding_list(fixture.ctx('GIRL'), NULL, '{}', NULL, 50)).code, 'OK', 'S0-32: each person by the rules of the own area');

-- Who was there --------------------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.audited(p_ctx jsonb, p_details jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT gongji.audit(fixture.ctx('FATHER', 'citizen', p_ctx), now(), 'test', NULL, p_details);
    SELECT details FROM gongji.audit_log WHERE action = 'test' ORDER BY id DESC LIMIT 1 $$;
SELECT is(pg_temp.audited('{"terminal_id": "window-3", "id_sighted": true}', '{"binding_id": "b"}'), '{"binding_id": "b", "terminal_id": "window-3", "id_sighted": true}',
          'S1-14: the audit says at which counter, and that the document was sighted');
SELECT is(pg_temp.audited('{"terminal_id": "kiosk-1", "id_sighted": false}', NULL), '{"terminal_id": "kiosk-1"}', 'S1-36: or at which terminal');
SELECT is(pg_temp.audited('{"id_sighted": false}', NULL), NULL, 'and nothing about a session online');

-- When a release takes effect --------------------------------------------------------------------------------------------
SELECT fixture.clock('2026-06-01 23:59+08');
CREATE FUNCTION pg_temp.released(p_effective text, p_effective_at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := fixture.bind(fixture.person(gen_random_uuid()::text, '340100'), (SELECT girl FROM who));
    v_sub text;
BEGIN
    PERFORM fixture.policy('340100', jsonb_build_object('release_effective', p_effective), '2026-05-01');
    UPDATE gongji.binding SET effective_at = p_effective_at WHERE id = v_id;
    SELECT p.person_no INTO v_sub FROM gongji.binding b JOIN gongji.person p ON p.id = b.grantor WHERE b.id = v_id;
    RETURN (SELECT (o.result ->> 'status') || coalesce(' ' || left(nullif(o.result ->> 'release_at', o.result ->> 'ended_at'), 19), '')
              FROM api.binding_release(fixture.ctx(v_sub), v_id, NULL) o);
END
$$;
SELECT is(pg_temp.released(c.effective, c.since::timestamptz), c.expected, format('P-13 P-22: %s, in force since %s', c.effective, c.since))
  FROM (VALUES ('immediate', '2026-06-01 09:00+08', 'released'), ('next_day', '2026-05-01 09:00+08', 'active 2026-06-02T00:00:00'),
               ('next_day_if_new', '2026-06-01 00:00+08', 'active 2026-06-02T00:00:00'), ('next_day_if_new', '2026-05-31 23:59:59+08', 'released'))
       AS c (effective, since, expected);

SELECT * FROM finish();
ROLLBACK;
