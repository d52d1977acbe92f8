CREATE OR REPLACE FUNCTION gongji.relation_check(p_grantor bigint, p_beneficiary bigint, p_relation text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT jsonb_build_object('result', CASE WHEN p_relation = ANY (r.relations) THEN 'match' ELSE 'mismatch' END, 'recorded', to_jsonb(r.relations))
                       FROM gongji.relation_record r
                      WHERE r.person = p_grantor AND r.relative = p_beneficiary), '{"result": "none"}')
$$;
COMMENT ON FUNCTION gongji.relation_check(bigint, bigint, text) IS
    'What is known from data about the relation an application claims: match, mismatch (with what is recorded instead), or none';
