CREATE OR REPLACE FUNCTION gongji.account_touch(p_person bigint, p_at timestamptz) RETURNS gongji.account
LANGUAGE plpgsql AS $$
DECLARE
    v_year integer := extract(year FROM gongji.date_cn(p_at));
    v_account gongji.account;
    v_entries gongji.ledger_entry[];
BEGIN
    SELECT * INTO STRICT v_account FROM gongji.account WHERE person = p_person;
    IF v_account.current_year >= v_year THEN
        RETURN v_account;
    END IF;
    v_entries := gongji.rollover_entries(v_account, v_year, p_at);
    v_account := gongji.account_in_year(v_account, v_year);
    INSERT INTO gongji.ledger_entry SELECT * FROM unnest(v_entries);
    UPDATE gongji.account
       SET current_fen = v_account.current_fen,
           prior_fen = v_account.prior_fen,
           held_current_fen = v_account.held_current_fen,
           held_prior_fen = v_account.held_prior_fen,
           current_year = v_account.current_year,
           version = version + cardinality(v_entries)
     WHERE person = p_person
    RETURNING * INTO STRICT v_account;
    RETURN v_account;
END
$$;
COMMENT ON FUNCTION gongji.account_touch(bigint, timestamptz) IS
    'Brings a locked account into the year of an instant, once, with the entries of the rollover (S0-07, F13). Gives the row as it now stands';
