CREATE OR REPLACE FUNCTION gongji.account_held(p_account gongji.account, p_bucket gongji.ledger_bucket, p_fen bigint) RETURNS gongji.account
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_bucket = 'current_year' THEN
        p_account.held_current_fen := p_account.held_current_fen + p_fen;
    ELSE
        p_account.held_prior_fen := p_account.held_prior_fen + p_fen;
    END IF;
    RETURN p_account;
END
$$;
COMMENT ON FUNCTION gongji.account_held(gongji.account, gongji.ledger_bucket, bigint) IS 'An account with so much more (or, below zero, less) of a bucket set aside; a hold is no entry';
