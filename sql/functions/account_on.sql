CREATE OR REPLACE FUNCTION gongji.account_on(p_person bigint, p_at timestamptz, p_version bigint DEFAULT NULL) RETURNS gongji.account
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_year integer := extract(year FROM gongji.date_cn(p_at));
    v_account gongji.account;
BEGIN
    v_account.person := p_person;
    v_account.held_current_fen := 0;
    v_account.held_prior_fen := 0;
    SELECT coalesce(sum(e.amount_fen) FILTER (WHERE e.bucket = 'current_year'), 0),
           coalesce(sum(e.amount_fen) FILTER (WHERE e.bucket = 'prior_year'), 0),
           coalesce(max(e.money_year) FILTER (WHERE e.bucket = 'current_year'), v_year),
           coalesce(max(e.account_version), 0)
      INTO v_account.current_fen, v_account.prior_fen, v_account.current_year, v_account.version
      FROM gongji.ledger_entry e
     WHERE e.person = p_person AND e.account = 'personal' AND e.at <= p_at AND e.account_version <= coalesce(p_version, e.account_version);

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
    RETURN gongji.account_in_year(v_account, v_year);
END
$$;
COMMENT ON FUNCTION gongji.account_on(bigint, timestamptz, bigint) IS
    'An account as it stood at an instant, recomputed from what was entered until then: money from the ledger, freeze and review from their records, a New Year''s rollover computed whether or not it was written yet (F13). p_version: only so many entries of it';
