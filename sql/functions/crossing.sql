CREATE OR REPLACE FUNCTION gongji.crossing(p_grantor_area text, p_insured_area text, p_grantor_rules gongji.policy_rules,
                                           p_insured_rules gongji.policy_rules, p_linked boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_grantor_area = p_insured_area THEN
        RETURN NULL;
    END IF;
    IF left(p_grantor_area, 2) <> left(p_insured_area, 2) THEN
        RETURN CASE
            WHEN NOT p_linked OR NOT coalesce(p_grantor_rules.cross_province, true) THEN 'CROSS_PROVINCE_NOT_ALLOWED'
            WHEN NOT coalesce(p_insured_rules.cross_province, true) THEN 'AREA_NOT_ENABLED'
        END;
    END IF;
    RETURN CASE
        WHEN NOT coalesce(p_grantor_rules.cross_area, true) THEN 'CROSS_AREA_NOT_ALLOWED'
        WHEN NOT coalesce(p_insured_rules.cross_area, true) THEN 'AREA_NOT_ENABLED'
    END;
END
$$;
COMMENT ON FUNCTION gongji.crossing(text, text, gongji.policy_rules, gongji.policy_rules, boolean) IS
    'Why money may not go from a grantor''s area to an insured''s, or NULL: free inside an area, both sides enabled inside a province (S0-14, S1-26), another province only over an open link (S0-02, S0-15); AREA_NOT_ENABLED speaks of the insured''s area';
