CREATE OR REPLACE FUNCTION api.credential_link_delete(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_me bigint := gongji.person_of(p_ctx ->> 'sub');
    v_link gongji.credential_link;
    v_now timestamptz;
BEGIN
    SELECT * INTO v_link FROM gongji.credential_link WHERE id = p_id AND v_me IN (holder, member);
    PERFORM gongji.lock_accounts(ARRAY[v_link.member], true);
    v_now := gongji.now_cn();
    UPDATE gongji.credential_link
       SET ended_at = v_now
     WHERE id = v_link.id AND member = v_link.member AND ended_at IS NULL;
    IF NOT FOUND THEN
        RETURN gongji.refuse(ARRAY['CREDENTIAL_LINK_NOT_FOUND']);
    END IF;
    PERFORM gongji.audit(p_ctx, v_now, 'credential_link.delete', v_link.member, jsonb_build_object('credential_link_id', 'crl_' || p_id));
    RETURN ('NO_CONTENT', NULL, NULL, false)::gongji.outcome;
END
$$;
COMMENT ON FUNCTION api.credential_link_delete(jsonb, uuid) IS 'DELETE /v1/credential-links/{credential_link_id}: ended by either side';
REVOKE ALL ON FUNCTION api.credential_link_delete(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.credential_link_delete(jsonb, uuid) TO gongji_app;
