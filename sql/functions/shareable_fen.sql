CREATE OR REPLACE FUNCTION gongji.shareable_fen(p_rules gongji.policy_rules, p_account gongji.account, p_status text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_in_buckets bigint := 0;
    v_above_minimum bigint;
BEGIN
    IF p_account.person IS NULL OR p_account.frozen OR p_account.under_review OR p_status <> ALL (p_rules.grantor_status_required) THEN
        RETURN 0;
    END IF;
    IF 'prior_year' = ANY (p_rules.shareable_buckets) THEN
        v_in_buckets := p_account.prior_fen - p_account.held_prior_fen;
    END IF;
    IF 'current_year' = ANY (p_rules.shareable_buckets) THEN
        v_in_buckets := v_in_buckets + p_account.current_fen - p_account.held_current_fen;
    END IF;
    v_above_minimum := p_account.current_fen + p_account.prior_fen - p_account.held_current_fen - p_account.held_prior_fen
                       - coalesce(p_rules.retained_minimum_fen, 0);
    RETURN greatest(0, least(v_in_buckets, v_above_minimum));
END
$$;
COMMENT ON FUNCTION gongji.shareable_fen(gongji.policy_rules, gongji.account, text) IS
    'What a grantor may give now, in fen: the shareable buckets (S0-07), never below the retained minimum of the whole account (S1-24), nothing when frozen, under review (F20) or of a status the policy does not allow (S0-10). The account must already be in this year';
