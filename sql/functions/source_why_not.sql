CREATE OR REPLACE FUNCTION gongji.source_why_not(p_rules gongji.policy_rules, p_account gongji.account, p_status text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_current bigint := p_account.current_fen - p_account.held_current_fen;
    v_prior bigint := p_account.prior_fen - p_account.held_prior_fen;
    v_current_shared boolean := coalesce('current_year' = ANY (p_rules.shareable_buckets), false);
    v_prior_shared boolean := coalesce('prior_year' = ANY (p_rules.shareable_buckets), false);
BEGIN
    IF p_status <> ALL (p_rules.grantor_status_required) THEN
        RETURN 'GRANTOR_STATUS_ABNORMAL';
    END IF;
    IF p_account.frozen THEN
        RETURN 'ACCOUNT_FROZEN';
    END IF;
    IF p_account.under_review THEN
        RETURN 'ACCOUNT_UNDER_REVIEW';
    END IF;
    IF (v_prior_shared AND v_prior > 0) OR (v_current_shared AND v_current > 0) THEN
        RETURN CASE WHEN v_current + v_prior <= coalesce(p_rules.retained_minimum_fen, 0) THEN 'RETAINED_MINIMUM' END;
    END IF;
    RETURN CASE WHEN v_prior_shared AND v_current > 0 THEN 'PRIOR_YEAR_BALANCE_INSUFFICIENT' ELSE 'MUTUAL_AID_FUNDS_EMPTY' END;
END
$$;
COMMENT ON FUNCTION gongji.source_why_not(gongji.policy_rules, gongji.account, text) IS
    'Why a grantor''s account gives nothing today, NULL exactly when shareable_fen() is above zero: status (S0-10), freeze, a proof that failed (F20), the retained minimum eats it (S1-24), only earlier years'' money may be shared (S0-07), or there is none (S1-12). The account must already be in this year';
