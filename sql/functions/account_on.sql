CREATE OR REPLACE FUNCTION gongji.account_on(p_person bigint, p_at timestamptz, p_before uuid DEFAULT NULL) RETURNS gongji.account
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_year integer := extract(year FROM gongji.date_cn(p_at));
    v_account gongji.account;
BEGIN
    v_account.person := p_person;
    SELECT coalesce(sum(e.amount_fen) FILTER (WHERE e.bucket = 'current_year'), 0),
           coalesce(sum(e.amount_fen) FILTER (WHERE e.bucket = 'prior_year'), 0),
           coalesce(max(e.money_year) FILTER (WHERE e.bucket = 'current_year'), v_year),
           coalesce(max(e.account_version), 0)
      INTO v_account.current_fen, v_account.prior_fen, v_account.current_year, v_account.version
      FROM gongji.ledger_entry e
     WHERE e.person = p_person AND e.account = 'personal' AND e.at <= p_at
       AND (p_before IS NULL
            OR e.account_version < coalesce((SELECT min(f.account_version) FROM gongji.ledger_entry f WHERE f.person = p_person AND f.payment_id = p_before),
                                            e.account_version + 1));
    v_account.held_current_fen := 0;
    v_account.held_prior_fen := 0;
    v_account := gongji.account_in_year(v_account, v_year);

    -- A hold stood from its payment's creation until it was captured, cancelled or expired; its year says in which bucket it lay (F4, F13).
    SELECT coalesce(sum(h.amount_fen) FILTER (WHERE h.money_year >= v_account.current_year), 0),
           coalesce(sum(h.amount_fen) FILTER (WHERE h.money_year < v_account.current_year), 0)
      INTO v_account.held_current_fen, v_account.held_prior_fen
      FROM gongji.hold h
      JOIN gongji.payment y ON y.id = h.payment_id AND y.insured = h.insured
     WHERE h.person = p_person
       AND CASE WHEN p_before IS NULL THEN y.created_at <= p_at ELSE (y.created_at, y.id) < (p_at, p_before) END
       AND NOT EXISTS (SELECT
                         FROM gongji.payment_event v
                        WHERE v.insured = h.insured AND v.subject_id = h.payment_id AND v.event IN ('captured', 'cancelled', 'expired') AND v.at <= p_at);

    SELECT (l.details ->> 'frozen')::boolean INTO v_account.frozen
      FROM gongji.audit_log l
     WHERE l.person = p_person AND l.action = 'person.freeze' AND l.at <= p_at
     ORDER BY l.at DESC, l.id DESC
     LIMIT 1;
    v_account.frozen := coalesce(v_account.frozen, false);
    SELECT (l.details ->> 'under_review')::boolean INTO v_account.under_review
      FROM gongji.audit_log l
     WHERE l.person = p_person AND l.action = 'account.review' AND l.at <= p_at
     ORDER BY l.at DESC, l.id DESC
     LIMIT 1;
    v_account.under_review := coalesce(v_account.under_review, false);
    RETURN v_account;
END
$$;
COMMENT ON FUNCTION gongji.account_on(bigint, timestamptz, uuid) IS
    'An account as it stood at an instant, recomputed from what was entered until then: money from the ledger, holds from their payments, freeze and review from their records, a New Year''s rollover computed whether or not it was written yet (F13). p_before: as a payment of that instant found it';
