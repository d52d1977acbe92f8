CREATE OR REPLACE FUNCTION gongji.account_moved(p_account gongji.account, p_moved jsonb) RETURNS gongji.account
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_current bigint := coalesce((p_moved ->> 'current_fen')::bigint, 0);
    v_prior bigint := coalesce((p_moved ->> 'prior_fen')::bigint, 0);
BEGIN
    IF (p_moved ->> 'year')::integer < p_account.current_year THEN
        v_prior := v_prior + v_current;
        v_current := 0;
    END IF;
    p_account.current_fen := greatest(0, p_account.current_fen + v_current);
    p_account.prior_fen := greatest(0, p_account.prior_fen + v_prior);
    RETURN p_account;
END
$$;
COMMENT ON FUNCTION gongji.account_moved(gongji.account, jsonb) IS 'An account with so much more or less in its buckets than there was; of an earlier year''s difference all is prior-year money now';
