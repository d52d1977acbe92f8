CREATE OR REPLACE FUNCTION gongji.policy_document(p_policy gongji.policy) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(m.member, to_jsonb(p_policy.rules) -> m.member), '{}')
           || jsonb_build_object('legal_basis', p_policy.legal_basis, 'source', p_policy.source)
      FROM unnest(p_policy.states) AS m (member)
$$;
COMMENT ON FUNCTION gongji.policy_document(gongji.policy) IS 'A policy row as the document that made it: only what it states';
