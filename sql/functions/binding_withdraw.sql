CREATE OR REPLACE FUNCTION api.binding_withdraw(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_binding gongji.binding;
    v_now timestamptz;
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    v_binding := gongji.binding_locked(p_ctx, p_id, ARRAY['grantor']);
    v_now := gongji.now_cn();
    IF v_binding.id IS NULL THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.binding_unseen(p_ctx));
    END IF;
    IF gongji.channel_shut(p_ctx, 'bind', v_binding.grantor, v_now) THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']));
    END IF;
    IF v_binding.status <> 'pending_review' THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['BINDING_NOT_PENDING']));
    END IF;
    PERFORM gongji.binding_move(p_ctx, v_binding.beneficiary, p_id, 'withdrawn', 'withdrawn', v_now);
    RETURN gongji.idempotency_store(p_ctx, gongji.ok(gongji.binding_body(v_binding.beneficiary, p_id, v_now)));
END
$$;
COMMENT ON FUNCTION api.binding_withdraw(jsonb, uuid) IS 'The grantor takes back an application that is not decided yet';
REVOKE ALL ON FUNCTION api.binding_withdraw(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_withdraw(jsonb, uuid) TO gongji_app;
