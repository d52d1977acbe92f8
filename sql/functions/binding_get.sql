-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.binding_get(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_binding gongji.binding := gongji.binding_seen(p_ctx, p_id);
    v_position bigint;
    v_body jsonb;
BEGIN
    IF v_binding.id IS NULL THEN
        RETURN gongji.binding_unseen(p_ctx);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_binding.beneficiary, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    PERFORM gongji.binding_audit_look(p_ctx, v_now, 'binding.read', v_binding);
    v_position := gongji.review_position(v_binding.beneficiary, p_id);
    v_body := gongji.binding_body(v_binding.beneficiary, p_id, v_now);
    RETURN gongji.ok(CASE WHEN v_position IS NULL THEN v_body ELSE jsonb_set(v_body, '{review,position}', to_jsonb(v_position)) END);
END
$$;
COMMENT ON FUNCTION api.binding_get(jsonb, uuid) IS 'One binding, for either party or for staff with a reason; while it waits for the desk, with its place in the queue (F11)';
REVOKE ALL ON FUNCTION api.binding_get(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_get(jsonb, uuid) TO gongji_app;
