CREATE OR REPLACE FUNCTION gongji.account_drawn(p_account gongji.account, p_bucket gongji.ledger_bucket, p_fen bigint) RETURNS gongji.account
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    p_account.version := p_account.version + 1;
    IF p_bucket = 'current_year' THEN
        p_account.current_fen := p_account.current_fen - p_fen;
    ELSE
        p_account.prior_fen := p_account.prior_fen - p_fen;
    END IF;
    RETURN p_account;
END
$$;
COMMENT ON FUNCTION gongji.account_drawn(gongji.account, gongji.ledger_bucket, bigint) IS 'An account after one more entry took (or, below zero, gave back) so much out of a bucket';
