CREATE OR REPLACE FUNCTION gongji.binding_grade(p_beneficiary gongji.person) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_beneficiary.scheme = 'resident' AND p_beneficiary.status <> 'normal' THEN 'premium_only' ELSE 'full' END
$$;
COMMENT ON FUNCTION gongji.binding_grade(gongji.person) IS
    'What a binding is good for: a resident-scheme beneficiary who is not normal (newborn, lapsed, first-time) gets the premium paid and nothing else (P-11); full by itself once normal';
