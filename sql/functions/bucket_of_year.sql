CREATE OR REPLACE FUNCTION gongji.bucket_of_year(p_account gongji.account, p_money_year integer) RETURNS gongji.ledger_bucket
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_money_year < p_account.current_year THEN 'prior_year' ELSE 'current_year' END::gongji.ledger_bucket
$$;
COMMENT ON FUNCTION gongji.bucket_of_year(gongji.account, integer) IS 'The bucket of an account in which money of a year lies as the account stands: what was this year''s when it was held or paid may be an earlier year''s by now';
