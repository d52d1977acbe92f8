CREATE OR REPLACE FUNCTION gongji.policy_add(p_ctx jsonb, p_at timestamptz, p_area text, p_valid_from date, p_document jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_members jsonb := p_document - ARRAY['legal_basis', 'source', 'valid_from'];
    v_rules gongji.policy_rules := jsonb_populate_record(NULL::gongji.policy_rules, v_members);
    v_unknown text[] := ARRAY(SELECT jsonb_object_keys(v_members) EXCEPT SELECT jsonb_object_keys(to_jsonb(v_rules)));
    v_version bigint;
BEGIN
    IF cardinality(v_unknown) > 0 THEN
        RAISE EXCEPTION 'gongji.policy_rules has no %', v_unknown;
    END IF;
    INSERT INTO gongji.policy (area, valid_from, states, rules, legal_basis, source, created_at, created_by)
    VALUES (p_area, p_valid_from, ARRAY(SELECT jsonb_object_keys(v_members) ORDER BY 1), v_rules,
            p_document ->> 'legal_basis', p_document -> 'source', p_at, coalesce(p_ctx ->> 'sub', 'system'))
    RETURNING version INTO v_version;
    PERFORM gongji.audit(p_ctx, p_at, 'policy.put', NULL,
                         jsonb_build_object('area', p_area, 'valid_from', p_valid_from, 'version', v_version));
    RETURN v_version;
END
$$;
COMMENT ON FUNCTION gongji.policy_add(jsonb, timestamptz, text, date, jsonb) IS
    'Writes one policy row from a document that was found valid, and its audit row; policy_materialise() has to follow';
