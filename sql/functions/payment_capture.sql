CREATE OR REPLACE FUNCTION gongji.payment_capture(p_ctx jsonb, p_payment gongji.payment, p_cash gongji.cash_transaction, p_now timestamptz,
                                                  p_reason text DEFAULT NULL) RETURNS gongji.payment
LANGUAGE plpgsql AS $$
DECLARE
    v_today CONSTANT date := gongji.date_cn(p_now);
    v_year CONSTANT integer := extract(year FROM v_today);
    v_from_suspense CONSTANT boolean := p_cash.state = 'manual_review';
    v_taken_fen CONSTANT bigint := least(p_cash.amount_fen, p_payment.cash_fen);
    v_entry gongji.ledger_entry;
    v_entries gongji.ledger_entry[] := '{}';
    v_hold gongji.hold;
    v_account gongji.account;
    v_bucket gongji.ledger_bucket;
    v_leg integer;
BEGIN
    -- The legs of the accounts, each out of the bucket in which its money lies today.
    FOR v_hold IN
        SELECT h.* FROM gongji.hold h
         WHERE h.person = ANY (gongji.payment_parties(p_payment)) AND h.payment_id = p_payment.id AND h.state = 'held'
         ORDER BY h.n
    LOOP
        v_account := gongji.account_touch(v_hold.person, p_now);
        v_bucket := gongji.bucket_of_year(v_account, v_hold.money_year);
        v_account := gongji.account_drawn(gongji.account_held(v_account, v_bucket, -v_hold.amount_fen), v_bucket, v_hold.amount_fen);
        PERFORM gongji.account_save(v_account);
        UPDATE gongji.hold SET state = 'captured', bucket = v_bucket WHERE person = v_hold.person AND payment_id = v_hold.payment_id AND n = v_hold.n;
        v_entries := v_entries || (
            v_hold.person, nextval('gongji.ledger_entry_id'), 'personal', 'premium', v_bucket, v_hold.money_year, p_payment.id, -v_hold.amount_fen,
            v_account.current_fen + v_account.prior_fen, v_account.version, p_now, v_today, p_payment.id, v_hold.binding_id, p_payment.insured, p_payment.use,
            CASE WHEN v_hold.binding_id IS NULL THEN 'self' ELSE 'relative' END, v_hold.grantor_area, p_payment.area, v_hold.grantor_policy,
            p_payment.policy_version)::gongji.ledger_entry;
        SELECT l.n - 1 INTO STRICT v_leg
          FROM (SELECT o.n, row_number() OVER (ORDER BY o.n) AS nth
                  FROM jsonb_array_elements(p_payment.legs) WITH ORDINALITY AS o (leg, n)
                 WHERE o.leg ->> 'source' IN ('own', 'aid')) l
         WHERE l.nth = v_hold.n;
        p_payment.legs := jsonb_set(p_payment.legs, ARRAY[v_leg::text, 'bucket'], to_jsonb(v_bucket));
    END LOOP;

    -- The fund gets the whole; the cash comes from the channel, or from suspense when staff had to decide about it.
    v_entry := (p_payment.insured, NULL, 'premium_fund', 'premium', NULL, v_year, p_payment.id, p_payment.payable_fen, NULL, NULL, p_now, v_today, p_payment.id,
                NULL, p_payment.insured, p_payment.use, NULL, NULL, p_payment.area, NULL, p_payment.policy_version)::gongji.ledger_entry;
    v_entry.id := nextval('gongji.ledger_entry_id');
    v_entries := v_entries || v_entry;
    v_entry.id := nextval('gongji.ledger_entry_id');
    v_entry.account := CASE WHEN v_from_suspense THEN 'cash_suspense' ELSE 'cash_clearing' END;
    v_entry.amount_fen := -v_taken_fen;
    v_entries := v_entries || v_entry;
    IF v_taken_fen < p_payment.cash_fen THEN
        v_entry.id := nextval('gongji.ledger_entry_id');
        v_entry.account := 'cash_difference';
        v_entry.amount_fen := v_taken_fen - p_payment.cash_fen;
        v_entries := v_entries || v_entry;
    END IF;
    INSERT INTO gongji.ledger_entry SELECT * FROM unnest(v_entries);

    UPDATE gongji.cash_transaction SET state = 'captured' WHERE channel = p_cash.channel AND transaction_id = p_cash.transaction_id;
    UPDATE gongji.payment
       SET status = 'succeeded',
           legs = p_payment.legs,
           cash_channel = p_cash.channel,
           receipt_no = gongji.receipt_no(p_payment.area, v_today),
           succeeded_at = p_now
     WHERE id = p_payment.id AND insured = p_payment.insured
    RETURNING * INTO STRICT p_payment;
    PERFORM gongji.payment_note(p_ctx, p_payment.insured, p_payment.id, 'captured', 'succeeded', p_now, p_reason,
                                jsonb_build_object('cash_channel', p_cash.channel, 'transaction_id', p_cash.transaction_id, 'amount_fen', p_cash.amount_fen));
    PERFORM gongji.emit(p_now, 'payment.succeeded', p_payment.insured, jsonb_build_object('payment_id', 'pay_' || p_payment.id));
    RETURN p_payment;
END
$$;
COMMENT ON FUNCTION gongji.payment_capture(jsonb, gongji.payment, gongji.cash_transaction, timestamptz, text) IS
    'Completes a locked payment with its cash: holds become entries, in the bucket where that year''s money lies today (F13), the fund gets the whole, a receipt is numbered. Too little cash, when staff accept it, is told as a difference; what is too much stays in suspense for the caller to send back';
