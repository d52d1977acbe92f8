-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.account_at(p_ctx jsonb, p_person_no text, p_at timestamptz) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_holder gongji.person := gongji.person_asked(p_ctx, p_person_no);
    v_then gongji.person;
BEGIN
    IF p_at > v_now THEN
        RETURN gongji.refuse(ARRAY['VALIDATION_FAILED'], '{"VALIDATION_FAILED": {"pointer": "?as_of", "detail": "must not be in the future"}}');
    END IF;
    IF v_holder.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_holder.id, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    IF gongji.by_another(p_ctx) THEN
        PERFORM gongji.audit(p_ctx, v_now, 'account.read', v_holder.id, jsonb_build_object('as_of', gongji.rfc3339(p_at)));
    END IF;
    v_then := gongji.person_on(v_holder, p_at);
    RETURN gongji.ok(gongji.account_body(v_then.person_no, v_then.area, v_then.status, gongji.account_on(v_then.id, p_at),
                                         (gongji.policy_on(v_then.area, gongji.date_cn(p_at))).rules, p_at));
END
$$;
COMMENT ON FUNCTION api.account_at(jsonb, text, timestamptz) IS
    'A balance at any past moment: the account, the person and the rules of the area as they were then. Before the first entry it reads zeros';
REVOKE ALL ON FUNCTION api.account_at(jsonb, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_at(jsonb, text, timestamptz) TO gongji_app;
