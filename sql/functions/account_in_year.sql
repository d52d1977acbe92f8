CREATE OR REPLACE FUNCTION gongji.account_in_year(p_account gongji.account, p_year integer) RETURNS gongji.account
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_account.current_year < p_year THEN
        p_account.prior_fen := p_account.prior_fen + p_account.current_fen;
        p_account.held_prior_fen := p_account.held_prior_fen + p_account.held_current_fen;
        p_account.current_fen := 0;
        p_account.held_current_fen := 0;
        p_account.current_year := p_year;
    END IF;
    RETURN p_account;
END
$$;
COMMENT ON FUNCTION gongji.account_in_year(gongji.account, integer) IS
    'An account as it stands in a year: on 1 January current-year money becomes prior-year money, its holds with it (S0-07, F13). An account''s year never goes back. Who writes the account writes the rollover''s entries too';
