CREATE OR REPLACE FUNCTION api.binding_priority(p_ctx jsonb, p_id uuid, p_priority integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_binding gongji.binding := gongji.binding_locked(p_ctx, p_id, ARRAY['grantor', 'beneficiary']);
    v_now timestamptz := gongji.now_cn();
    v_rules gongji.policy_rules;
BEGIN
    IF v_binding.id IS NULL THEN
        RETURN gongji.binding_unseen(p_ctx);
    END IF;
    IF gongji.channel_shut(p_ctx, 'bind', v_binding.grantor, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    v_rules := (gongji.policy_of(v_binding.beneficiary, v_now)).rules;
    IF NOT coalesce(v_rules.grantor_order_editable, false) OR NOT gongji.binding_is_live(v_binding, v_now) THEN
        RETURN gongji.refuse(ARRAY['NOT_EDITABLE']);
    END IF;
    IF v_binding.priority <> p_priority THEN
        UPDATE gongji.binding SET priority = p_priority WHERE id = p_id AND beneficiary = v_binding.beneficiary;
        PERFORM gongji.binding_move(p_ctx, v_binding.beneficiary, p_id, 'priority_changed', v_binding.status, v_now);
    END IF;
    RETURN gongji.ok(gongji.binding_body(v_binding.beneficiary, p_id, v_now));
END
$$;
COMMENT ON FUNCTION api.binding_priority(jsonb, uuid, integer) IS
    'Sets the place of a grantor in the order in which a beneficiary''s grantors give (P-09, P-16), where the insured''s area lets it be edited; either party may, since a child has no phone; equal places go by time of activation';
REVOKE ALL ON FUNCTION api.binding_priority(jsonb, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_priority(jsonb, uuid, integer) TO gongji_app;
