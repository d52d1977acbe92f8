CREATE OR REPLACE FUNCTION gongji.binding_standing(p_grantor gongji.person, p_beneficiary gongji.person, p_grantor_rules gongji.policy_rules,
                                                   p_insured_rules gongji.policy_rules) RETURNS gongji.standing
LANGUAGE sql IMMUTABLE AS $$
    -- First match wins: an end before a pause, the grantor before the beneficiary.
    SELECT CASE
        WHEN p_grantor.status = 'deceased' THEN ROW('released', 'GRANTOR_DECEASED')::gongji.standing
        WHEN p_beneficiary.status = 'deceased' THEN ROW('released', 'BENEFICIARY_DECEASED')::gongji.standing
        WHEN p_grantor.status = 'terminated' AND NOT f.grantor THEN ROW('released', 'GRANTOR_TERMINATED')::gongji.standing
        WHEN p_beneficiary.status = 'terminated' AND NOT f.beneficiary THEN ROW('released', 'BENEFICIARY_TERMINATED')::gongji.standing
        WHEN NOT f.grantor THEN ROW('suspended', 'GRANTOR_' || upper(p_grantor.status))::gongji.standing
        WHEN NOT f.beneficiary THEN ROW('suspended', 'BENEFICIARY_' || upper(p_beneficiary.status))::gongji.standing
        ELSE ROW('active', NULL)::gongji.standing
    END
      FROM (SELECT coalesce(p_grantor.status = ANY (p_grantor_rules.grantor_status_required), true) AS grantor,
                   gongji.binding_status_fits(p_beneficiary, p_insured_rules) AS beneficiary) f
$$;
COMMENT ON FUNCTION gongji.binding_standing(gongji.person, gongji.person, gongji.policy_rules, gongji.policy_rules) IS
    'What the two people''s insurance makes of a binding, and why: active while the grantor''s status is one of grantor_status_required (P-16) and a use open to relatives takes the beneficiary''s (premium_only, P-11); released by death and by an end of insurance (P-12, P-30), otherwise suspended';
