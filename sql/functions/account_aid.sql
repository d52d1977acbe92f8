-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.account_aid(p_ctx jsonb, p_person_no text, p_use text DEFAULT 'resident_premium') RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_today date := gongji.date_cn(v_now);
    v_insured gongji.person := gongji.person_asked(p_ctx, p_person_no);
    v_rules gongji.policy_rules;
    v_result jsonb;
BEGIN
    IF v_insured.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    v_rules := (gongji.policy_on(v_insured.area, v_today)).rules;
    IF gongji.channel_shut(p_ctx, 'read', v_insured.id, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    IF gongji.by_another(p_ctx) THEN
        PERFORM gongji.audit(p_ctx, v_now, 'account.read_aid', v_insured.id);
    END IF;

    SELECT jsonb_build_object(
               'available_fen', coalesce(sum(s.shareable_fen) FILTER (WHERE s.why_not IS NULL), 0),
               'sources', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                   'binding_id', 'bnd_' || s.id,
                   'grantor', jsonb_build_object('name', s.name_mask),
                   'relation', s.relation,
                   'priority', s.priority,
                   'available_fen', CASE WHEN s.why_not IS NULL THEN s.shareable_fen ELSE 0 END,
                   'usable', s.why_not IS NULL,
                   'why_not', s.why_not)) ORDER BY s.priority, s.effective_at, s.id), '[]'))
      INTO v_result
      FROM gongji.aid_sources(v_insured, v_rules, v_now, p_use) s;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.account_aid(jsonb, text, text) IS
    'What relatives can give a person for a use today, source by source, and why one cannot (S1-12, S1-30); never a grantor''s whole balance';
REVOKE ALL ON FUNCTION api.account_aid(jsonb, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_aid(jsonb, text, text) TO gongji_app;
