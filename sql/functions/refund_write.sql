CREATE OR REPLACE FUNCTION gongji.refund_write(p_ctx jsonb, p_payment gongji.payment, p_refund_id uuid, p_reason_code text, p_reason text, p_now timestamptz)
RETURNS gongji.refund
LANGUAGE plpgsql AS $$
DECLARE
    v_today CONSTANT date := gongji.date_cn(p_now);
    v_year CONSTANT integer := extract(year FROM v_today);
    v_refund gongji.refund;
    v_cash gongji.cash_transaction;
    v_paid gongji.ledger_entry;
    v_entry gongji.ledger_entry;
    v_entries gongji.ledger_entry[] := '{}';
    v_account gongji.account;
    v_bucket gongji.ledger_bucket;
BEGIN
    v_refund := (p_refund_id, p_payment.insured, p_payment.id, true, p_reason_code, p_reason, 'processing', '[]', 0, 0, NULL, NULL, NULL, NULL, NULL, 0,
                 NULL, NULL, gongji.operator_name(p_ctx), p_now, NULL)::gongji.refund;

    -- Each entry of an account goes back to it, into the bucket in which money of its year lies today (P-29, F7): bound still or not, frozen or not.
    FOR v_paid IN
        SELECT e.* FROM gongji.ledger_entry e
         WHERE e.person = ANY (gongji.payment_parties(p_payment)) AND e.payment_id = p_payment.id AND e.account = 'personal' AND e.kind = 'premium'
         ORDER BY e.id
    LOOP
        v_account := gongji.account_touch(v_paid.person, p_now);
        v_bucket := gongji.bucket_of_year(v_account, v_paid.money_year);
        v_account := gongji.account_drawn(v_account, v_bucket, v_paid.amount_fen);
        PERFORM gongji.account_save(v_account);
        v_entry := v_paid;
        v_entry.id := nextval('gongji.ledger_entry_id');
        v_entry.kind := 'refund';
        v_entry.bucket := v_bucket;
        v_entry.movement_id := p_refund_id;
        v_entry.amount_fen := -v_paid.amount_fen;
        v_entry.balance_after_fen := v_account.current_fen + v_account.prior_fen;
        v_entry.account_version := v_account.version;
        v_entry.at := p_now;
        v_entry.effective_on := v_today;
        v_entries := v_entries || v_entry;
        v_refund.account_fen := v_refund.account_fen - v_paid.amount_fen;
        v_refund.legs := v_refund.legs || jsonb_strip_nulls(jsonb_build_object(
            'source', CASE WHEN v_paid.binding_id IS NULL THEN 'own' ELSE 'aid' END, 'binding_id', 'bnd_' || v_paid.binding_id, 'bucket', v_bucket,
            'amount_fen', -v_paid.amount_fen));
    END LOOP;

    -- Cash is owed from now on and stands in suspense until its channel has paid it back; as much as came in, if staff had waived the rest.
    SELECT c.* INTO v_cash FROM gongji.cash_transaction c WHERE c.payment_id = p_payment.id AND c.state = 'captured';
    IF FOUND THEN
        v_refund.cash_fen := least(v_cash.amount_fen, p_payment.cash_fen);
        v_refund.cash_channel := v_cash.channel;
        v_refund.transaction_id := v_cash.transaction_id;
        v_refund.out_refund_no := replace(p_refund_id::text, '-', '');
        v_refund.next_action := 'request';
        v_refund.next_action_at := p_now;
        v_refund.legs := v_refund.legs || jsonb_build_object('source', 'cash', 'amount_fen', v_refund.cash_fen);
    ELSE
        v_refund.status := 'succeeded';
        v_refund.finished_at := p_now;
    END IF;
    v_entry := (p_payment.insured, NULL, 'premium_fund', 'refund', NULL, v_year, p_refund_id, NULL, NULL, NULL, p_now, v_today, p_payment.id, NULL, p_payment.insured,
                p_payment.use, NULL, NULL, p_payment.area, NULL, p_payment.policy_version)::gongji.ledger_entry;
    INSERT INTO gongji.ledger_entry
    SELECT e.* FROM unnest(v_entries) e
     UNION ALL
    SELECT v_entry.person, nextval('gongji.ledger_entry_id'), s.account::gongji.ledger_account, v_entry.kind, NULL, v_entry.money_year, v_entry.movement_id, s.fen,
           NULL, NULL, v_entry.at, v_entry.effective_on, v_entry.payment_id, NULL, v_entry.insured, v_entry.use, NULL, NULL, v_entry.insured_area, NULL,
           v_entry.insured_policy
      FROM (VALUES ('premium_fund', -p_payment.payable_fen), ('cash_suspense', v_refund.cash_fen),
                   ('cash_difference', p_payment.cash_fen - v_refund.cash_fen)) AS s (account, fen)
     WHERE s.fen <> 0;

    INSERT INTO gongji.refund SELECT v_refund.*;
    UPDATE gongji.payment SET status = CASE v_refund.status WHEN 'succeeded' THEN 'refunded' ELSE 'refunding' END
     WHERE id = p_payment.id AND insured = p_payment.insured
    RETURNING * INTO STRICT p_payment;
    PERFORM gongji.payment_note(p_ctx, p_payment.insured, p_payment.id, p_payment.status, p_payment.status, p_now, p_reason,
                                jsonb_build_object('refund_id', 'rfd_' || p_refund_id, 'reason_code', p_reason_code));
    PERFORM gongji.payment_note(p_ctx, p_payment.insured, p_refund_id, 'created', v_refund.status, p_now, p_reason,
                                jsonb_build_object('amount_fen', v_refund.account_fen + v_refund.cash_fen));
    PERFORM gongji.audit(p_ctx, p_now, 'refund.create', p_payment.insured, jsonb_build_object('payment_id', 'pay_' || p_payment.id, 'refund_id', 'rfd_' || p_refund_id));
    PERFORM gongji.emit(p_now, 'payment.' || p_payment.status, p_payment.insured, jsonb_build_object('payment_id', 'pay_' || p_payment.id));
    PERFORM gongji.emit(p_now, 'refund.' || v_refund.status, p_payment.insured, jsonb_build_object('refund_id', 'rfd_' || p_refund_id));
    RETURN v_refund;
END
$$;
COMMENT ON FUNCTION gongji.refund_write(jsonb, gongji.payment, uuid, text, text, timestamptz) IS
    'Gives a locked, paid payment back as a whole: accounts at once, cash as a task of its channel (refunding until it has arrived)';
