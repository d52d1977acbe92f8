CREATE OR REPLACE FUNCTION api.ledger_trial_balance(p_ctx jsonb, p_on date) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_on date := coalesce(p_on, gongji.date_cn(gongji.now_cn()));
    v_result jsonb;
BEGIN
    SELECT jsonb_build_object(
               'on', v_on,
               'accounts', jsonb_agg(jsonb_build_object(
                   'account', t.account, 'debit_fen', t.debit_fen, 'credit_fen', t.credit_fen, 'balance_fen', t.credit_fen - t.debit_fen) ORDER BY t.account),
               'total_fen', sum(t.credit_fen - t.debit_fen))
      INTO v_result
      FROM (SELECT a.account,
                   coalesce(-sum(e.amount_fen) FILTER (WHERE e.amount_fen < 0), 0) AS debit_fen,
                   coalesce(sum(e.amount_fen) FILTER (WHERE e.amount_fen > 0), 0) AS credit_fen
              FROM unnest(enum_range(NULL::gongji.ledger_account)) AS a (account)
              LEFT JOIN gongji.ledger_entry e ON e.account = a.account AND e.at < gongji.start_of_day(v_on + 1)
             GROUP BY a.account) t;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.ledger_trial_balance(jsonb, date) IS
    'Debits, credits and balance of every ledger account at the end of a business day (NULL: today) by booking time, so that a past day stays as it was; the total is zero';
REVOKE ALL ON FUNCTION api.ledger_trial_balance(jsonb, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.ledger_trial_balance(jsonb, date) TO gongji_app;
