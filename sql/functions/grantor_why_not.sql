CREATE OR REPLACE FUNCTION gongji.grantor_why_not(p_rules gongji.policy_rules, p_account gongji.account, p_status text, p_employed boolean, p_use_open boolean,
                                                  p_crossing text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_account_why_not text := gongji.source_why_not(p_rules, p_account, p_status);
BEGIN
    RETURN CASE
        WHEN NOT p_employed THEN 'GRANTOR_STATUS_ABNORMAL'
        WHEN v_account_why_not IN ('GRANTOR_STATUS_ABNORMAL', 'ACCOUNT_FROZEN', 'ACCOUNT_UNDER_REVIEW') THEN v_account_why_not
        WHEN NOT p_use_open THEN 'USE_NOT_PERMITTED'
        ELSE coalesce(p_crossing, v_account_why_not)
    END;
END
$$;
COMMENT ON FUNCTION gongji.grantor_why_not(gongji.policy_rules, gongji.account, text, boolean, boolean, text) IS
    'The first reason why a grantor with an active binding gives nothing today, NULL when money would flow: the person, then the use, then the areas (p_crossing: the answer of crossing()), then the money. p_employed: on the employee scheme and not excluded; p_use_open: the insured''s area opens the use for relatives';
