-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.account_entries(p_ctx jsonb, p_person_no text, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_holder gongji.person := gongji.person_asked(p_ctx, p_person_no);
BEGIN
    IF v_holder.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    IF NOT gongji.range_fits(p_filter) THEN
        RETURN gongji.refuse(ARRAY['RANGE_INVALID']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_holder.id, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    IF gongji.by_another(p_ctx) THEN
        PERFORM gongji.audit(p_ctx, v_now, 'account.read_entries', v_holder.id);
    END IF;
    RETURN gongji.ok(gongji.entry_page(v_holder.id, NULL, p_filter, p_after, p_limit));
END
$$;
COMMENT ON FUNCTION api.account_entries(jsonb, text, jsonb, jsonb, integer) IS
    'Usage records of a personal account by time range (S1-30, S1-31), newest first. A rollover shows once it is written, at the account''s first touch in the new year';
REVOKE ALL ON FUNCTION api.account_entries(jsonb, text, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_entries(jsonb, text, jsonb, jsonb, integer) TO gongji_app;
