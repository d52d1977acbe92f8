-- repeatable: sent again it finds the link it made
CREATE OR REPLACE FUNCTION api.credential_link_create(p_ctx jsonb, p_id uuid, p_blind_indexes text[], p_match_digests text[]) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_holder bigint := gongji.person_of(p_ctx ->> 'sub');
    v_member bigint := gongji.person_of_identity(p_blind_indexes, p_match_digests);
    v_link gongji.credential_link;
    v_now timestamptz;
BEGIN
    IF v_holder IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    PERFORM gongji.lock_accounts(ARRAY[v_holder, v_member], true);
    v_now := gongji.now_cn();
    IF gongji.identity_failures_left(v_holder, gongji.date_cn(v_now)) <= 0 THEN
        RETURN gongji.refuse(ARRAY['RATE_LIMITED'], gongji.retry_tomorrow(v_now));
    END IF;
    IF v_member IS NULL THEN
        PERFORM gongji.identity_failed(v_holder, gongji.date_cn(v_now));
        PERFORM gongji.audit(p_ctx, v_now, 'credential_link.name_id_mismatch', v_holder);
        RETURN gongji.refuse(ARRAY['NAME_ID_MISMATCH']);
    END IF;
    IF v_member = v_holder THEN
        RETURN gongji.refuse(ARRAY['SELF_BINDING']);
    END IF;
    SELECT * INTO v_link FROM gongji.credential_link WHERE member = v_member AND holder = v_holder AND ended_at IS NULL;
    IF v_link.id IS NOT NULL THEN
        RETURN gongji.ok(gongji.credential_link_body(v_link));
    END IF;
    INSERT INTO gongji.credential_link (id, member, holder, created_at)
    VALUES (p_id, v_member, v_holder, v_now)
    RETURNING * INTO STRICT v_link;
    PERFORM gongji.audit(p_ctx, v_now, 'credential_link.create', v_member, jsonb_build_object('credential_link_id', 'crl_' || v_link.id));
    RETURN gongji.ok(gongji.credential_link_body(v_link), 'CREATED');
END
$$;
COMMENT ON FUNCTION api.credential_link_create(jsonb, uuid, text[], text[]) IS
    'POST /v1/credential-links: the caller may show a member''s credential (亲情账户); moves no money and opens none (S0-43). CREATED, or OK with the link there is';
REVOKE ALL ON FUNCTION api.credential_link_create(jsonb, uuid, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.credential_link_create(jsonb, uuid, text[], text[]) TO gongji_app;
