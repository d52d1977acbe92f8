-- A batch of settlements in five paragraphs: claim, lock, read, decide, write. Reading and deciding are gongji.medical_plan.
CREATE OR REPLACE FUNCTION api.medical_settle(p_ctx jsonb[], p_payment_id uuid[], p_incident_id uuid[], p_patient_no text[], p_credential_holder text[],
                                              p_credential_kind text[], p_presented_by text[], p_settlement_no text[], p_expected_fen bigint[], p_items jsonb[],
                                              p_wait boolean) RETURNS SETOF gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off AS $$ -- a plan made while a table is empty outlives that
DECLARE
    v_batch gongji.idempotency_batch;
    v_claimed uuid[];
    v_items gongji.medical_item[];
    v_wanted bigint[];
    v_locked bigint[];
    v_now timestamptz;
    v_plan gongji.medical_plan;
BEGIN
    -- Claim the idempotency keys, then the settlements' numbers, each in key order.
    v_batch := gongji.idempotency_claims(p_ctx);
    WITH won AS (
        INSERT INTO gongji.settlement_key (key)
        SELECT DISTINCT md5((r.ctx ->> 'sub') || E'\n' || r.settlement_no)::uuid
          FROM unnest(p_ctx, p_settlement_no) WITH ORDINALITY AS r (ctx, settlement_no, n)
         WHERE NOT gongji.idempotency_is_replay(v_batch, r.n)
         ORDER BY 1
            ON CONFLICT DO NOTHING
        RETURNING key)
    SELECT coalesce(array_agg(won.key), '{}') INTO v_claimed
      FROM won;

    -- Who is meant, and the payments that have these numbers already.
    SELECT array_agg((s.person, p_patient_no[r.n], r.ctx ->> 'sub', p_settlement_no[r.n], md5((r.ctx ->> 'sub') || E'\n' || p_settlement_no[r.n])::uuid, k.payment_id,
                      p_credential_holder[r.n], p_credential_kind[r.n], p_presented_by[r.n], o.person, p_items[r.n], p_expected_fen[r.n],
                      p_payment_id[r.n], p_incident_id[r.n], coalesce(r.ctx ->> 'channel', 'institution'), r.ctx ->> 'request_id',
                      CASE WHEN gongji.idempotency_is_replay(v_batch, r.n) THEN 'replay' END)::gongji.medical_item ORDER BY r.n)
      INTO v_items
      FROM unnest((SELECT p_ctx)) WITH ORDINALITY AS r (ctx, n)
      LEFT JOIN gongji.person_no_key s ON s.person_no = p_patient_no[r.n]
      LEFT JOIN gongji.person_no_key o ON o.person_no = p_presented_by[r.n]
      LEFT JOIN gongji.settlement_key k ON k.key = md5((r.ctx ->> 'sub') || E'\n' || p_settlement_no[r.n])::uuid;

    -- Lock the accounts of the patients and of everyone whose money may be drawn.
    v_wanted := ARRAY(SELECT i.patient FROM unnest(v_items) i WHERE i.refused IS NULL AND i.patient IS NOT NULL AND i.credential_holder = i.patient_no);
    v_wanted := ARRAY(SELECT unnest(v_wanted) UNION SELECT b.grantor FROM gongji.binding b
                                                     WHERE b.beneficiary = ANY ((SELECT v_wanted)::bigint[]) AND b.status = 'active');
    v_locked := gongji.lock_accounts(v_wanted, p_wait);

    -- Read and decide; the instant that counts is after the locks.
    v_now := gongji.now_cn();
    v_plan := gongji.medical_plan(v_items, v_now, v_wanted, v_locked);

    -- Write: payments, settlements, ledger, accounts, incidents, events; numbers of what was not paid are free again.
    INSERT INTO gongji.payment
    SELECT y.* FROM unnest(v_plan.payments) y;
    INSERT INTO gongji.medical_settlement
    SELECT s.* FROM unnest(v_plan.settlements) s;
    UPDATE gongji.settlement_key k
       SET insured = s.insured, payment_id = s.payment_id
      FROM unnest((SELECT v_plan.settlements)) s
     WHERE k.key = md5(s.institution || E'\n' || s.settlement_no)::uuid;
    DELETE FROM gongji.settlement_key k
     WHERE k.key = ANY ((SELECT v_claimed)::uuid[]) AND k.payment_id IS NULL;
    INSERT INTO gongji.ledger_entry
    SELECT e.* FROM unnest(v_plan.entries) e;
    UPDATE gongji.account a
       SET current_fen = u.current_fen,
           prior_fen = u.prior_fen,
           held_current_fen = u.held_current_fen,
           held_prior_fen = u.held_prior_fen,
           current_year = u.current_year,
           version = u.version
      FROM (SELECT DISTINCT ON (t.person) t.*
              FROM unnest((SELECT v_plan.accounts)) t
             ORDER BY t.person, t.version DESC) u
     WHERE a.person = u.person;
    INSERT INTO gongji.incident
    SELECT i.* FROM unnest(v_plan.incidents) i;
    INSERT INTO gongji.outbox (person, at, type, payload)
    SELECT y.insured, v_now, 'payment.succeeded', jsonb_build_object('payment_id', 'pay_' || y.id)
      FROM unnest(v_plan.payments) y
     UNION ALL
    SELECT i.patient, v_now, 'incident.recorded', jsonb_build_object('incident_id', 'inc_' || i.id)
      FROM unnest(v_plan.incidents) i;

    RETURN QUERY
    SELECT a.code, a.codes, a.result, a.replayed
      FROM unnest(gongji.idempotency_answers(p_ctx, v_batch, v_plan.decisions, v_now)) WITH ORDINALITY AS a (code, codes, result, replayed, n)
     ORDER BY a.n;
END
$$;
COMMENT ON FUNCTION api.medical_settle(jsonb[], uuid[], uuid[], text[], text[], text[], text[], text[], bigint[], jsonb[], boolean) IS
    'Settles care and medicine out of accounts, one per array element, in order of arrival: the same as so many single calls one after the other. p_credential_holder: NULL when the proof is not valid. busy and again as in premium_pay';
REVOKE ALL ON FUNCTION api.medical_settle(jsonb[], uuid[], uuid[], text[], text[], text[], text[], text[], bigint[], jsonb[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.medical_settle(jsonb[], uuid[], uuid[], text[], text[], text[], text[], text[], bigint[], jsonb[], boolean) TO gongji_app;
