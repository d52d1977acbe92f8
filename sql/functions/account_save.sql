CREATE OR REPLACE FUNCTION gongji.account_save(p_account gongji.account) RETURNS void
LANGUAGE sql AS $$
    UPDATE gongji.account
       SET current_fen = p_account.current_fen,
           prior_fen = p_account.prior_fen,
           held_current_fen = p_account.held_current_fen,
           held_prior_fen = p_account.held_prior_fen,
           current_year = p_account.current_year,
           version = p_account.version
     WHERE person = p_account.person
$$;
COMMENT ON FUNCTION gongji.account_save(gongji.account) IS 'Writes the amounts of a locked account back; whether it is frozen is not decided here';
