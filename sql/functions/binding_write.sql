CREATE OR REPLACE FUNCTION gongji.binding_write(p_ctx jsonb, p_binding gongji.binding, p_rules gongji.policy_rules, p_evidence_ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_reviewed boolean := coalesce(p_rules.review_mode, 'manual') NOT IN ('none', 'commitment');
    v_found boolean := p_rules.review_mode = 'automatic'
                       AND gongji.relation_check(p_binding.grantor, p_binding.beneficiary, p_binding.relation) ->> 'result' = 'match';
BEGIN
    INSERT INTO gongji.binding SELECT (p_binding).*;
    INSERT INTO gongji.binding_by_grantor (grantor, id, beneficiary)
    VALUES (p_binding.grantor, p_binding.id, p_binding.beneficiary);
    INSERT INTO gongji.review (beneficiary, binding_id, area, mode, state, queued_at, due_at)
    SELECT p_binding.beneficiary, p_binding.id, g.area, coalesce(p_rules.review_mode, 'manual'), 'queued', p_binding.created_at,
           gongji.review_due(p_binding.created_at, p_rules.review_sla_workdays)
      FROM gongji.person g
     WHERE g.id = p_binding.grantor;
    PERFORM gongji.binding_add_evidence(p_binding.beneficiary, p_binding.id, p_evidence_ids, p_binding.created_at);
    PERFORM gongji.binding_move(p_ctx, p_binding.beneficiary, p_binding.id, 'applied',
                                CASE WHEN v_reviewed THEN 'pending_review' ELSE 'active' END, p_binding.created_at);
    IF v_found THEN
        UPDATE gongji.review SET decision = 'approve' WHERE beneficiary = p_binding.beneficiary AND binding_id = p_binding.id;
        PERFORM gongji.binding_move('{}', p_binding.beneficiary, p_binding.id, 'approved', 'active', p_binding.created_at);
    END IF;
END
$$;
COMMENT ON FUNCTION gongji.binding_write(jsonb, gongji.binding, gongji.policy_rules, uuid[]) IS
    'Writes an application that nothing speaks against: the binding, its mirror, its evidence and its place in the queue, or active at once where the policy asks for no review, or for an automatic one and a relation record matches (P-20)';
