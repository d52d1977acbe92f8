CREATE OR REPLACE FUNCTION gongji.binding_refusals(p_grantor bigint, p_beneficiary bigint, p_relation text, p_now timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_day date := gongji.date_cn(p_now);
    v_grantor gongji.person;
    v_beneficiary gongji.person;
    v_policy gongji.policy_effective;
    v_rules gongji.policy_rules;
    v_insured_rules gongji.policy_rules;
    v_members bigint;
    v_same_relation bigint;
    v_grantors bigint;
    v_fits boolean;
BEGIN
    SELECT * INTO STRICT v_grantor FROM gongji.person WHERE id = p_grantor;
    SELECT * INTO STRICT v_beneficiary FROM gongji.person WHERE id = p_beneficiary;
    v_policy := gongji.policy_on(v_grantor.area, v_day);
    v_rules := v_policy.rules;
    v_insured_rules := (gongji.policy_on(v_beneficiary.area, v_day)).rules;
    v_fits := gongji.binding_status_fits(v_beneficiary, v_insured_rules);

    -- A binding of these two takes no second place: BINDING_EXISTS speaks for it.
    SELECT count(DISTINCT b.beneficiary), count(*) FILTER (WHERE b.relation = p_relation)
      INTO v_members, v_same_relation
      FROM gongji.binding_by_grantor g
      JOIN gongji.binding b ON b.id = g.id AND b.beneficiary = g.beneficiary
     WHERE g.grantor = p_grantor
       AND g.beneficiary <> p_beneficiary
       AND gongji.binding_is_live(b, p_now);
    SELECT count(DISTINCT b.grantor)
      INTO v_grantors
      FROM gongji.binding b
     WHERE b.beneficiary = p_beneficiary
       AND b.grantor <> p_grantor
       AND gongji.binding_is_live(b, p_now);

    RETURN array_remove(ARRAY[
        CASE WHEN p_grantor = p_beneficiary THEN 'SELF_BINDING' END,
        CASE WHEN v_beneficiary.excluded
               OR (v_beneficiary.status IN ('not_insured', 'deceased') AND NOT v_fits) THEN 'BENEFICIARY_NOT_INSURED' END,
        CASE WHEN v_beneficiary.status NOT IN ('not_insured', 'deceased') AND NOT v_fits THEN 'BENEFICIARY_STATUS_ABNORMAL' END,
        CASE WHEN v_policy.version IS NULL OR p_relation <> ALL (v_rules.relations) THEN 'RELATION_NOT_PERMITTED' END,
        CASE WHEN v_same_relation >= (v_rules.relation_limits ->> p_relation)::integer THEN 'RELATION_LIMIT_REACHED' END,
        CASE WHEN v_members >= v_rules.max_members THEN 'MEMBER_LIMIT_REACHED' END,
        CASE WHEN v_grantors >= v_insured_rules.max_grantors_per_beneficiary THEN 'GRANTOR_LIMIT_REACHED' END,
        gongji.crossing(v_grantor.area, v_beneficiary.area, v_rules, v_insured_rules,
                        gongji.area_linked(v_grantor.area, v_beneficiary.area, v_day, NULL))], NULL);
END
$$;
COMMENT ON FUNCTION gongji.binding_refusals(bigint, bigint, text, timestamptz) IS
    'Why these two cannot be bound now, every reason in the documented order (S0-31), the grantor''s own left to grantor_refusals(). Asked at the application and again at its approval; both accounts must be locked. Without any policy for the grantor''s area nothing is permitted';
