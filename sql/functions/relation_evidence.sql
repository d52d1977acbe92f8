CREATE OR REPLACE FUNCTION gongji.relation_evidence(p_rules gongji.policy_rules, p_relation text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(t.type ORDER BY t.n), '{}')
      FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(p_rules.evidence_required -> p_relation) = 'array'
                                          THEN p_rules.evidence_required -> p_relation ELSE '[]' END)
           WITH ORDINALITY AS t (type, n)
$$;
COMMENT ON FUNCTION gongji.relation_evidence(gongji.policy_rules, text) IS
    'Types of document that prove a relation under a policy: any one of them will do; none listed, none needed (S1-28)';
