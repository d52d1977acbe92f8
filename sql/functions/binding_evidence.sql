CREATE OR REPLACE FUNCTION api.binding_evidence(p_ctx jsonb, p_id uuid, p_evidence_ids uuid[]) RETURNS gongji.outcome
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
    IF NOT gongji.evidence_owned(v_binding.grantor, p_evidence_ids) THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['EVIDENCE_NOT_FOUND']));
    END IF;
    IF v_binding.status <> 'pending_review' THEN
        RETURN gongji.idempotency_store(p_ctx, gongji.refuse(ARRAY['BINDING_NOT_PENDING']));
    END IF;
    PERFORM gongji.binding_add_evidence(v_binding.beneficiary, p_id, p_evidence_ids, v_now);
    PERFORM gongji.review_requeue(v_binding, v_now);
    PERFORM gongji.binding_move(p_ctx, v_binding.beneficiary, p_id, 'evidence_added', 'pending_review', v_now);
    RETURN gongji.idempotency_store(p_ctx, gongji.ok(gongji.binding_body(v_binding.beneficiary, p_id, v_now)));
END
$$;
COMMENT ON FUNCTION api.binding_evidence(jsonb, uuid, uuid[]) IS 'The grantor shows more documents: an application the reviewer sent back is in the queue again (S1-28, S1-29)';
REVOKE ALL ON FUNCTION api.binding_evidence(jsonb, uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.binding_evidence(jsonb, uuid, uuid[]) TO gongji_app;
