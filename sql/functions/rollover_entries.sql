CREATE OR REPLACE FUNCTION gongji.rollover_entries(p_stored gongji.account, p_year integer, p_now timestamptz) RETURNS gongji.ledger_entry[]
LANGUAGE plpgsql AS $$
DECLARE
    v_movement uuid := gen_random_uuid();
    v_balance bigint := p_stored.current_fen + p_stored.prior_fen;
    v_effective_on date := make_date(p_stored.current_year + 1, 1, 1);
    v_in gongji.ledger_entry;
    v_out gongji.ledger_entry;
BEGIN
    IF p_stored.current_year >= p_year OR p_stored.current_fen = 0 THEN
        RETURN '{}';
    END IF;
    v_in := (p_stored.person, nextval('gongji.ledger_entry_id'), 'personal', 'rollover', 'prior_year', p_stored.current_year, v_movement, p_stored.current_fen,
             v_balance + p_stored.current_fen, p_stored.version + 1, p_now, v_effective_on,
             NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::gongji.ledger_entry;
    v_out := (p_stored.person, nextval('gongji.ledger_entry_id'), 'personal', 'rollover', 'current_year', p_stored.current_year, v_movement, -p_stored.current_fen,
              v_balance, p_stored.version + 2, p_now, v_effective_on,
              NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::gongji.ledger_entry;
    RETURN ARRAY[v_in, v_out];
END
$$;
COMMENT ON FUNCTION gongji.rollover_entries(gongji.account, integer, timestamptz) IS
    'The two ledger entries of a due year rollover, into prior-year first so that no balance dips; none when nothing is to move. Effective 1 January after the account''s year, whenever the account is first touched (F13)';
