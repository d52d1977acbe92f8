CREATE OR REPLACE FUNCTION gongji.review_conflict(p_ctx jsonb, p_binding gongji.binding) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(gongji.person_of(p_ctx ->> 'operator_person_id') IN (p_binding.grantor, p_binding.beneficiary), false)
        OR coalesce(p_ctx ->> 'sub' = p_binding.actor, false)
        OR (p_ctx ->> 'sub' = p_binding.applied_by AND p_ctx ->> 'issuer' = p_binding.issuer)
$$;
COMMENT ON FUNCTION gongji.review_conflict(jsonb, gongji.binding) IS
    'Whether an operator may not review a binding: being a party to it, having made the application for the grantor (act), or with the very login that applied';
