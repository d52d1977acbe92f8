CREATE OR REPLACE FUNCTION api.review_decide(p_ctx jsonb, p_binding_id uuid, p_decision text, p_reason_code text, p_reason text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_binding gongji.binding;
    v_review gongji.review;
    v_now timestamptz;
    v_codes text[];
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    SELECT b.*
      INTO v_binding
      FROM gongji.binding b
      JOIN gongji.review r ON r.beneficiary = b.beneficiary AND r.binding_id = b.id
     WHERE b.id = p_binding_id AND gongji.staff_covers(p_ctx, r.area);
    IF v_binding.id IS NULL THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['BINDING_NOT_FOUND']));
    END IF;

    PERFORM gongji.lock_accounts(ARRAY[v_binding.grantor, v_binding.beneficiary], true);
    SELECT b.* INTO STRICT v_binding FROM gongji.binding b WHERE b.id = p_binding_id AND b.beneficiary = v_binding.beneficiary;
    SELECT r.* INTO STRICT v_review FROM gongji.review r WHERE r.binding_id = p_binding_id AND r.beneficiary = v_binding.beneficiary FOR UPDATE;
    v_now := gongji.now_cn();

    v_codes := gongji.review_refusals(p_ctx, v_binding, v_review, p_decision, v_now);
    IF cardinality(v_codes) > 0 THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(v_codes, jsonb_build_object('AREA_NOT_ENABLED', jsonb_build_object(
            'area', (SELECT p.area FROM gongji.person p WHERE p.id = v_binding.beneficiary)))));
    END IF;
    PERFORM gongji.review_write(p_ctx, v_binding, p_decision, p_reason_code, p_reason, v_now);
    RETURN gongji.idempotency_store(p_ctx, gongji.ok(gongji.binding_body(v_binding.beneficiary, p_binding_id, v_now)));
END
$$;
COMMENT ON FUNCTION api.review_decide(jsonb, uuid, text, text, text) IS
    'A reviewer approves, rejects or asks for more (S0-21, S1-29): nobody''s own case, not under another''s lease, once; a refused approval leaves the application where it is';
REVOKE ALL ON FUNCTION api.review_decide(jsonb, uuid, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.review_decide(jsonb, uuid, text, text, text) TO gongji_app;
