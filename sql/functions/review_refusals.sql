CREATE OR REPLACE FUNCTION gongji.review_refusals(p_ctx jsonb, p_binding gongji.binding, p_review gongji.review, p_decision text, p_now timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF gongji.review_conflict(p_ctx, p_binding) THEN
        RETURN ARRAY['REVIEWER_CONFLICT'];
    END IF;
    IF p_binding.status <> 'pending_review' OR p_review.state = 'decided' THEN
        RETURN ARRAY['REVIEW_ALREADY_DECIDED'];
    END IF;
    IF gongji.review_state(p_review, p_now) = 'claimed' AND p_review.claimed_by <> gongji.operator_name(p_ctx) THEN
        RETURN ARRAY['REVIEW_CLAIMED'];
    END IF;
    IF p_decision <> 'approve' THEN
        RETURN '{}';
    END IF;
    RETURN gongji.grantor_refusals(p_binding.grantor, p_now) || gongji.binding_refusals(p_binding.grantor, p_binding.beneficiary, p_binding.relation, p_now);
END
$$;
COMMENT ON FUNCTION gongji.review_refusals(jsonb, gongji.binding, gongji.review, text, timestamptz) IS
    'Why a reviewer''s decision cannot stand; an approval meets the conditions of the application once more, as they are now (F12)';
