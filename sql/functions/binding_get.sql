-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.binding_get(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_binding gongji.binding := gongji.binding_seen(p_ctx, p_id);
BEGIN
    IF v_binding.id IS NULL THEN
        RETURN gongji.binding_unseen(p_ctx);
    END IF;
    PERFORM gongji.binding_audit_look(p_ctx, v_now, 'binding.read', v_binding);
    RETURN gongji.ok(gongji.binding_body(v_binding.beneficiary, p_id, v_now));
END
$$;
COMMENT ON FUNCTION api.binding_get(jsonb, uuid) IS 'One binding, for either party or for staff with a reason';
REVOKE ALL ON FUNCTION api.binding_get(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_get(jsonb, uuid) TO gongji_app;
