-- A batch of premium payments in five paragraphs: claim, lock, read, decide, write. Reading and deciding are gongji.premium_plan.
CREATE OR REPLACE FUNCTION api.premium_pay(p_ctx jsonb[], p_payment_id uuid[], p_quote_id uuid[], p_fresh_quote_id uuid[], p_insured_no text[], p_benefit_year integer[],
                                           p_product text[], p_expected_fen bigint[], p_amount_sent boolean[], p_name_digests text[], p_client_reference text[],
                                           p_cash_channel text[], p_repair_years text[], p_wait boolean) RETURNS SETOF gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off AS $$ -- a plan made while a table is empty outlives that
DECLARE
    v_batch gongji.idempotency_batch;
    v_items gongji.premium_item[];
    v_wanted bigint[];
    v_locked bigint[];
    v_now timestamptz;
    v_plan gongji.premium_plan;
BEGIN
    -- Claim the idempotency keys; a request in flight elsewhere under one of them is waited for.
    v_batch := gongji.idempotency_claims(p_ctx);

    -- Who is meant: callers, insured, and the quotes referred to.
    SELECT array_agg((c.person, coalesce((q.quote).insured, s.person), coalesce((q.quote).benefit_year, p_benefit_year[r.n]), coalesce((q.quote).product, p_product[r.n]),
                      r.ctx ->> 'channel', r.ctx ->> 'actor', q.quote, p_expected_fen[r.n], p_amount_sent[r.n], p_name_digests[r.n]::text[], p_client_reference[r.n],
                      p_payment_id[r.n], p_fresh_quote_id[r.n],
                      CASE WHEN gongji.idempotency_is_replay(v_batch, r.n) THEN 'replay'
                           WHEN c.person IS NULL THEN 'PERSON_NOT_FOUND'
                           WHEN p_quote_id[r.n] IS NOT NULL AND (q.quote).id IS NULL THEN 'QUOTE_NOT_FOUND' END,
                      p_cash_channel[r.n], coalesce((q.quote).repair_years, p_repair_years[r.n]::integer[]))::gongji.premium_item ORDER BY r.n)
      INTO v_items
      FROM unnest((SELECT p_ctx)) WITH ORDINALITY AS r (ctx, n)
      LEFT JOIN gongji.person_no_key c ON c.person_no = r.ctx ->> 'sub'
      LEFT JOIN gongji.person_no_key s ON s.person_no = p_insured_no[r.n]
      LEFT JOIN LATERAL (SELECT k AS quote
                           FROM gongji.quote k
                          WHERE p_quote_id[r.n] IS NOT NULL AND k.id = p_quote_id[r.n] AND k.caller = c.person
                         OFFSET 0) q ON true; -- OFFSET: one by one through the key, also under a plan made while there were no quotes

    -- Lock the accounts of the insured and of everyone whose money may be drawn.
    v_wanted := ARRAY(SELECT i.insured FROM unnest(v_items) i WHERE i.refused IS NULL AND i.insured IS NOT NULL);
    v_wanted := ARRAY(SELECT unnest(v_wanted) UNION SELECT b.grantor FROM gongji.binding b WHERE b.beneficiary = ANY ((SELECT v_wanted)::bigint[]) AND b.status = 'active');
    v_locked := gongji.lock_accounts(v_wanted, p_wait);

    -- Read and decide; the instant that counts is after the locks.
    v_now := gongji.now_cn();
    v_plan := gongji.premium_plan(v_items, v_now, v_wanted, v_locked);

    -- Write: payments, ledger, accounts, events.
    INSERT INTO gongji.quote
    SELECT q.* FROM unnest(v_plan.quotes) q
        ON CONFLICT DO NOTHING;
    INSERT INTO gongji.payment
    SELECT y.* FROM unnest(v_plan.payments) y;
    INSERT INTO gongji.hold
    SELECT h.* FROM unnest(v_plan.holds) h;
    INSERT INTO gongji.ledger_entry
    SELECT e.* FROM unnest(v_plan.entries) e;
    UPDATE gongji.account a
       SET current_fen = u.current_fen,
           prior_fen = u.prior_fen,
           held_current_fen = u.held_current_fen,
           held_prior_fen = u.held_prior_fen,
           current_year = u.current_year,
           version = u.version
      FROM unnest((SELECT v_plan.accounts)) u
     WHERE a.person = u.person;
    INSERT INTO gongji.outbox (person, at, type, payload)
    SELECT y.insured, v_now, 'payment.' || y.status, jsonb_build_object('payment_id', 'pay_' || y.id)
      FROM unnest(v_plan.payments) y;

    RETURN QUERY
    SELECT a.code, a.codes, a.result, a.replayed
      FROM unnest(gongji.idempotency_answers(p_ctx, v_batch, v_plan.decisions, v_now)) WITH ORDINALITY AS a (code, codes, result, replayed, n)
     ORDER BY a.n;
END
$$;
COMMENT ON FUNCTION api.premium_pay(jsonb[], uuid[], uuid[], uuid[], text[], integer[], text[], bigint[], boolean[], text[], text[], text[], text[], boolean) IS
    'Pays premiums, one per array element, in order of arrival: the same as so many single calls one after the other. Element of p_name_digests: a text[] literal or NULL; of p_repair_years: an integer[] literal, NULL for none. busy: an account is locked elsewhere (call again with p_wait), again: a family changed meanwhile (call again); neither did anything';
REVOKE ALL ON FUNCTION api.premium_pay(jsonb[], uuid[], uuid[], uuid[], text[], integer[], text[], bigint[], boolean[], text[], text[], text[], text[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.premium_pay(jsonb[], uuid[], uuid[], uuid[], text[], integer[], text[], bigint[], boolean[], text[], text[], text[], text[], boolean) TO gongji_app;
