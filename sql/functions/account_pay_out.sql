CREATE OR REPLACE FUNCTION gongji.account_pay_out(p_account gongji.account, p_movement uuid, p_now timestamptz) RETURNS void
LANGUAGE sql AS $$
    WITH part AS (
        SELECT v.bucket, v.fen, p_account.current_year - v.n + 1 AS money_year,
               p_account.current_fen + p_account.prior_fen - sum(v.fen) OVER w AS balance_after_fen,
               p_account.version + row_number() OVER w AS version
          FROM (VALUES (2, 'prior_year'::gongji.ledger_bucket, p_account.prior_fen), (1, 'current_year', p_account.current_fen)) v (n, bucket, fen)
         WHERE v.fen > 0
        WINDOW w AS (ORDER BY v.n DESC)
    ), emptied AS (
        UPDATE gongji.account
           SET current_fen = 0,
               prior_fen = 0,
               version = version + (SELECT count(*) FROM part)
         WHERE person = p_account.person
    )
    INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on)
    SELECT p_account.person, 'personal'::gongji.ledger_account, 'closure'::gongji.ledger_kind, t.bucket, t.money_year, p_movement, -t.fen, t.balance_after_fen, t.version,
           p_now, gongji.date_cn(p_now)
      FROM part t
     UNION ALL
    SELECT p_account.person, 'payout_clearing', 'closure', NULL, p_account.current_year, p_movement, sum(t.fen), NULL, NULL, p_now, gongji.date_cn(p_now)
      FROM part t
    HAVING sum(t.fen) > 0
$$;
COMMENT ON FUNCTION gongji.account_pay_out(gongji.account, uuid, timestamptz) IS
    'Moves all the money of a locked account, earlier years'' first, to the payout clearing account, from where the bureau pays it to the payee. The account must already be in this year and hold nothing';
