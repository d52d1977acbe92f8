CREATE OR REPLACE FUNCTION gongji.account_body(p_person_no text, p_area text, p_status text, p_account gongji.account,
                                               p_rules gongji.policy_rules, p_as_of timestamptz) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_balance bigint := p_account.current_fen + p_account.prior_fen;
    v_held bigint := p_account.held_current_fen + p_account.held_prior_fen;
BEGIN
    RETURN jsonb_build_object(
        'person_id', p_person_no,
        'area', p_area,
        'buckets', jsonb_build_object('current_year_fen', p_account.current_fen, 'prior_year_fen', p_account.prior_fen),
        'held', jsonb_build_object('current_year_fen', p_account.held_current_fen, 'prior_year_fen', p_account.held_prior_fen),
        'balance_fen', v_balance,
        'held_fen', v_held,
        'available_fen', v_balance - v_held,
        'retained_minimum_fen', coalesce(p_rules.retained_minimum_fen, 0),
        'shareable_fen', gongji.shareable_fen(p_rules, p_account, p_status),
        'frozen', p_account.frozen,
        'as_of', gongji.rfc3339(p_as_of))
        || CASE WHEN p_account.under_review THEN '{"under_review": true}'::jsonb ELSE '{}' END;
END
$$;
COMMENT ON FUNCTION gongji.account_body(text, text, text, gongji.account, gongji.policy_rules, timestamptz) IS
    'A balance as its holder sees it (S1-30, S1-32): buckets, what is held, what may be shared under the rules of the holder''s area. The account must already be in this year';
