CREATE OR REPLACE FUNCTION gongji.review_write(p_ctx jsonb, p_binding gongji.binding, p_decision text, p_reason_code text, p_reason text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_final boolean := p_decision <> 'request_more';
BEGIN
    UPDATE gongji.review
       SET state = CASE WHEN v_final THEN 'decided' ELSE 'more_requested' END,
           decision = CASE WHEN v_final THEN p_decision END,
           decided_by = CASE WHEN v_final THEN gongji.operator_name(p_ctx) END,
           decided_at = CASE WHEN v_final THEN p_now END,
           reason_code = p_reason_code,
           reason = p_reason,
           claimed_by = NULL,
           lease_until = NULL,
           automatic_check = CASE WHEN v_final THEN gongji.relation_check(p_binding.grantor, p_binding.beneficiary, p_binding.relation) END
     WHERE beneficiary = p_binding.beneficiary AND binding_id = p_binding.id;
    PERFORM gongji.binding_move(p_ctx, p_binding.beneficiary, p_binding.id,
                                CASE p_decision WHEN 'approve' THEN 'approved' WHEN 'reject' THEN 'rejected' ELSE 'more_requested' END,
                                CASE p_decision WHEN 'approve' THEN 'active' WHEN 'reject' THEN 'rejected' ELSE 'pending_review' END,
                                p_now, p_reason_code, p_reason);
END
$$;
COMMENT ON FUNCTION gongji.review_write(jsonb, gongji.binding, text, text, text, timestamptz) IS 'Writes a decision: review, binding and history together';
