CREATE OR REPLACE FUNCTION gongji.given_fen(p_grantor bigint, p_from date, p_to date) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT -sum(e.amount_fen)
                       FROM gongji.ledger_entry e
                      WHERE e.person = p_grantor AND e.account = 'personal' AND e.for_whom = 'relative' AND e.effective_on BETWEEN p_from AND p_to), 0)::bigint
           + coalesce((SELECT sum(h.amount_fen)
                         FROM gongji.hold h
                        WHERE h.person = p_grantor AND h.state = 'held' AND h.binding_id IS NOT NULL), 0)::bigint;
END
$$;
COMMENT ON FUNCTION gongji.given_fen(bigint, date, date) IS 'What an account gave relatives from one day to another, both included; what came back counts against it, what is held for payments under way counts as given';
