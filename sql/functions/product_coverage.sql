CREATE OR REPLACE FUNCTION gongji.product_coverage(p_use text, p_rules gongji.policy_rules, p_standard gongji.premium_standard, p_person_class text, p_birth_date date,
                                                   p_enrolled_years integer[], p_missed_years integer[], p_repaired_years integer, p_today date) RETURNS gongji.coverage
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_use <> 'resident_premium' THEN
        p_rules.waiting := NULL;
        p_rules.newborn_days := NULL;
        p_rules.newborn_late := NULL;
        p_enrolled_years := '{}';
        p_missed_years := '{}';
    END IF;
    RETURN gongji.premium_coverage(p_rules, p_standard, p_person_class, p_birth_date, p_enrolled_years, p_missed_years, p_repaired_years, p_today);
END
$$;
COMMENT ON FUNCTION gongji.product_coverage(text, gongji.policy_rules, gongji.premium_standard, text, date, integer[], integer[], integer, date) IS
    'What paying a product on a day buys: waiting periods and the newborns'' rule are the resident premium''s alone';
