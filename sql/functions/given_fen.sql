CREATE OR REPLACE FUNCTION gongji.given_fen(p_grantor bigint, p_from date, p_to date) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT coalesce(-sum(e.amount_fen), 0)::bigint
      FROM gongji.ledger_entry e
     WHERE e.person = p_grantor AND e.account = 'personal' AND e.for_whom = 'relative' AND e.effective_on BETWEEN p_from AND p_to
$$;
COMMENT ON FUNCTION gongji.given_fen(bigint, date, date) IS 'What an account gave relatives from one day to another, both included; what came back counts against it';
