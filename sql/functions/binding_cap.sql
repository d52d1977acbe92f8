CREATE OR REPLACE FUNCTION api.binding_cap(p_ctx jsonb, p_id uuid, p_per_payment_cap_fen bigint) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_binding gongji.binding := gongji.binding_locked(p_ctx, p_id, ARRAY['grantor']);
    v_now timestamptz := gongji.now_cn();
    v_rules gongji.policy_rules;
BEGIN
    IF v_binding.id IS NULL THEN
        RETURN gongji.binding_unseen(p_ctx);
    END IF;
    IF gongji.channel_shut(p_ctx, 'bind', v_binding.grantor, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    v_rules := (gongji.policy_of(v_binding.grantor, v_now)).rules;
    IF NOT coalesce(v_rules.per_payment_cap_editable, false) OR NOT gongji.binding_is_live(v_binding, v_now) THEN
        RETURN gongji.refuse(ARRAY['NOT_EDITABLE']);
    END IF;
    IF v_binding.per_payment_cap_fen IS DISTINCT FROM p_per_payment_cap_fen THEN
        UPDATE gongji.binding SET per_payment_cap_fen = p_per_payment_cap_fen WHERE id = p_id AND beneficiary = v_binding.beneficiary;
        PERFORM gongji.binding_move(p_ctx, v_binding.beneficiary, p_id, 'cap_changed', v_binding.status, v_now);
    END IF;
    RETURN gongji.ok(gongji.binding_body(v_binding.beneficiary, p_id, v_now));
END
$$;
COMMENT ON FUNCTION api.binding_cap(jsonb, uuid, bigint) IS
    'Sets what the grantor gives this beneficiary at most in one payment, where the grantor''s area lets it be set (P-12); elsewhere nobody sets an amount (S1-46). NULL takes the limit away';
REVOKE ALL ON FUNCTION api.binding_cap(jsonb, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_cap(jsonb, uuid, bigint) TO gongji_app;
