-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.account_get(p_ctx jsonb[], p_person_no text[], p_wait boolean) RETURNS SETOF gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off AS $$ -- a plan made while a table is empty outlives that
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_today date := gongji.date_cn(v_now);
    v_year integer := extract(year FROM v_today);
BEGIN
    RETURN QUERY
    WITH asked AS (
        SELECT i.n, i.ctx, i.ctx ->> 'kind' = 'staff' AS staff,
               p.id, p.person_no, p.area, p.status, CASE WHEN a.current_year < v_year THEN gongji.account_in_year(a, v_year) ELSE a END AS account, e.rules
          FROM unnest((SELECT p_ctx)) WITH ORDINALITY AS i (ctx, n)
          LEFT JOIN gongji.person_no_key k ON k.person_no = CASE WHEN i.ctx ->> 'kind' = 'staff' THEN p_person_no[i.n] ELSE i.ctx ->> 'sub' END
          LEFT JOIN gongji.person p ON p.id = k.person
          LEFT JOIN gongji.account a ON a.person = p.id
          LEFT JOIN LATERAL (
              SELECT f.rules
                FROM gongji.policy_effective f
               WHERE f.area = p.area AND f.valid_from <= v_today
               ORDER BY f.valid_from DESC, f.version DESC
               LIMIT 1) e ON true
    ), judged AS (
        SELECT q.*, CASE
                   WHEN q.id IS NULL OR (q.staff AND NOT gongji.staff_covers(q.ctx, q.area)) THEN 'PERSON_NOT_FOUND'
                   WHEN NOT q.staff AND NOT gongji.channel_open((q.rules).channels, 'read', q.ctx ->> 'channel') THEN 'CHANNEL_NOT_ALLOWED'
                   ELSE 'OK'
               END AS code
          FROM asked q
    ), audited AS (
        INSERT INTO gongji.audit_log (person, at, action, issuer, subject, actor, channel, reason, request_id, details)
        SELECT j.id, v_now, 'account.read', j.ctx ->> 'issuer', j.ctx ->> 'sub', j.ctx ->> 'actor', j.ctx ->> 'channel', j.ctx ->> 'reason', j.ctx ->> 'request_id',
               gongji.presence(j.ctx)
          FROM judged j
         WHERE gongji.by_another(j.ctx) AND j.code = 'OK'
    )
    SELECT j.code,
           CASE WHEN j.code <> 'OK' THEN ARRAY[j.code] END,
           CASE WHEN j.code = 'OK' THEN gongji.account_body(j.person_no, j.area, j.status, j.account, j.rules, v_now) END,
           false
      FROM judged j
     ORDER BY j.n;
END
$$;
COMMENT ON FUNCTION api.account_get(jsonb[], text[], boolean) IS
    'Balances (S1-30, S1-32, S1-35), one for each item in order: a citizen''s own, or that of the person staff name. As of now, New Year''s rollover computed; locks nothing, so p_wait says nothing here';
REVOKE ALL ON FUNCTION api.account_get(jsonb[], text[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_get(jsonb[], text[], boolean) TO gongji_app;
