CREATE OR REPLACE FUNCTION gongji.grantor_refusals(p_grantor bigint, p_now timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_grantor gongji.person;
    v_account gongji.account;
    v_rules gongji.policy_rules;
BEGIN
    SELECT * INTO STRICT v_grantor FROM gongji.person WHERE id = p_grantor;
    SELECT * INTO v_account FROM gongji.account WHERE person = p_grantor;
    v_rules := (gongji.policy_on(v_grantor.area, gongji.date_cn(p_now))).rules;
    RETURN array_remove(ARRAY[
        CASE WHEN v_grantor.scheme <> 'employee' OR v_grantor.excluded THEN 'GRANTOR_NOT_EMPLOYEE_INSURED' END,
        CASE WHEN v_grantor.status <> ALL (v_rules.grantor_status_required) THEN 'GRANTOR_STATUS_ABNORMAL' END,
        CASE WHEN v_account.frozen THEN 'GRANTOR_FROZEN' END,
        CASE WHEN coalesce(v_account.current_fen + v_account.prior_fen, 0) = 0 THEN 'GRANTOR_NO_BALANCE' END], NULL);
END
$$;
COMMENT ON FUNCTION gongji.grantor_refusals(bigint, timestamptz) IS
    'Why a person cannot be a grantor now, every reason in the documented order (S0-08 to S0-10); persons under publicly funded care are excluded (P-12). The account must be locked when it decides something';
