CREATE OR REPLACE FUNCTION gongji.binding_status_fits(p_beneficiary gongji.person, p_rules gongji.policy_rules) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_beneficiary.status = 'normal'
        OR EXISTS (
            SELECT FROM jsonb_each(CASE WHEN jsonb_typeof(p_rules.uses) = 'object' THEN p_rules.uses ELSE '{}' END) AS u (use, for_whom)
             WHERE u.for_whom ? 'relative'
               AND (u.use <> 'resident_premium' OR p_beneficiary.scheme = 'resident')
               AND (p_rules.insured_status_allowed IS NULL
                    OR coalesce(p_rules.insured_status_allowed -> u.use, p_rules.insured_status_allowed -> '*', '["normal"]') ? p_beneficiary.status))
$$;
COMMENT ON FUNCTION gongji.binding_status_fits(gongji.person, gongji.policy_rules) IS
    'Whether at least one use that the insured''s area opens to relatives takes a beneficiary of this status (S1-18, P-11); the resident premium is nothing to a member of the employee scheme';
