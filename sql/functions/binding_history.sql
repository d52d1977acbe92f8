-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.binding_history(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_binding gongji.binding := gongji.binding_seen(p_ctx, p_id);
    v_events jsonb;
BEGIN
    IF v_binding.id IS NULL THEN
        RETURN gongji.binding_unseen(p_ctx);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_binding.beneficiary, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    PERFORM gongji.binding_audit_look(p_ctx, v_now, 'binding.read_history', v_binding);
    SELECT jsonb_agg(jsonb_build_object('at', gongji.rfc3339(e.at), 'event', e.event, 'status', e.status, 'by', CASE e.by
                         WHEN g.person_no THEN 'grantor' WHEN p.person_no THEN 'beneficiary' WHEN 'system' THEN 'system' ELSE 'office' END)
                     || jsonb_strip_nulls(jsonb_build_object('actor', e.actor, 'channel', e.channel, 'reason_code', e.reason_code, 'reason', e.reason))
                     ORDER BY e.n NULLS LAST)
      INTO v_events
      FROM (SELECT h.n, h.at, h.event, h.status, h.by, h.actor, h.channel, h.reason_code, h.reason
              FROM gongji.binding_event h
             WHERE h.beneficiary = v_binding.beneficiary AND h.binding_id = p_id
            UNION ALL
            SELECT NULL, gongji.binding_end(v_binding), gongji.binding_state(v_binding, v_now), gongji.binding_state(v_binding, v_now), 'system', NULL, NULL, NULL, NULL
             WHERE v_binding.status <> gongji.binding_state(v_binding, v_now)) e
      JOIN gongji.person g ON g.id = v_binding.grantor
      JOIN gongji.person p ON p.id = v_binding.beneficiary;
    RETURN gongji.ok(jsonb_build_object('data', v_events, 'next_cursor', NULL));
END
$$;
COMMENT ON FUNCTION api.binding_history(jsonb, uuid) IS
    'What happened to a binding, in order, the end that time alone brought included; who of the office acted is in the audit, not here';
REVOKE ALL ON FUNCTION api.binding_history(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_history(jsonb, uuid) TO gongji_app;
