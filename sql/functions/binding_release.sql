CREATE OR REPLACE FUNCTION api.binding_release(p_ctx jsonb, p_id uuid, p_reason text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_binding gongji.binding;
    v_rules gongji.policy_rules;
    v_now timestamptz;
    v_earliest date;
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    v_binding := gongji.binding_locked(p_ctx, p_id, ARRAY['grantor', 'beneficiary']);
    v_now := gongji.now_cn();
    IF v_binding.id IS NULL THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.binding_unseen(p_ctx));
    END IF;
    IF gongji.channel_shut(p_ctx, 'bind', v_binding.grantor, v_now) THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']));
    END IF;
    IF gongji.binding_state(v_binding, v_now) NOT IN ('active', 'suspended') THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['BINDING_NOT_RELEASABLE']));
    END IF;

    v_rules := (gongji.policy_of(v_binding.grantor, v_now)).rules;
    v_earliest := gongji.date_cn(v_binding.effective_at) + v_rules.min_bound_days;
    IF gongji.date_cn(v_now) < v_earliest THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['MIN_BOUND_DAYS'],
            jsonb_build_object('MIN_BOUND_DAYS', jsonb_build_object('earliest', v_earliest))));
    END IF;
    IF v_binding.release_at IS NULL THEN
        PERFORM gongji.binding_set_release(p_ctx, v_binding, CASE v_rules.release_effective
            WHEN 'next_day' THEN true
            WHEN 'next_day_if_new' THEN gongji.date_cn(v_binding.effective_at) >= gongji.date_cn(v_now)
            ELSE false END, p_reason, v_now);
    END IF;
    RETURN gongji.idempotency_store(p_ctx, gongji.ok(gongji.binding_body(v_binding.beneficiary, p_id, v_now)));
END
$$;
COMMENT ON FUNCTION api.binding_release(jsonb, uuid, text) IS
    'The grantor ends a binding, or the beneficiary quits: at once or at the next 00:00 as the grantor''s area decides (always, or only on the day the binding began, P-13), not before min_bound_days (P-22). What was spent stays spent; a release already set is answered as it stands';
REVOKE ALL ON FUNCTION api.binding_release(jsonb, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_release(jsonb, uuid, text) TO gongji_app;
