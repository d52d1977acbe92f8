CREATE OR REPLACE FUNCTION gongji.cash_adopt(p_ctx jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    c_within CONSTANT interval := '1 day'; -- a commit is not later than that
    v_found record;
    v_payment gongji.payment;
    v_cash gongji.cash_transaction;
    v_now timestamptz;
BEGIN
    SELECT c.channel, c.transaction_id, p.id AS payment_id INTO v_found
      FROM gongji.cash_transaction c
      JOIN gongji.payment p ON p.id = CASE WHEN c.out_trade_no ~ '^[0-9a-f]{32}$' THEN c.out_trade_no::uuid END
     WHERE c.payment_id IS NULL AND c.state = 'manual_review' AND c.received_at > gongji.now_cn() - c_within
     ORDER BY c.received_at
     LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    v_payment := gongji.payment_locked(v_found.payment_id);
    v_now := gongji.now_cn();
    UPDATE gongji.cash_transaction
       SET insured = v_payment.insured, payment_id = v_payment.id
     WHERE channel = v_found.channel AND transaction_id = v_found.transaction_id AND payment_id IS NULL AND state = 'manual_review'
    RETURNING * INTO v_cash;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- Out of nobody's suspense, and then as if it had come now.
    INSERT INTO gongji.ledger_entry (person, account, kind, money_year, movement_id, amount_fen, at, effective_on)
    SELECT 0, s.account::gongji.ledger_account, 'cash', extract(year FROM gongji.date_cn(v_now)), v_payment.id, s.fen, v_now, gongji.date_cn(v_now)
      FROM (VALUES ('cash_suspense', -v_cash.amount_fen), ('cash_clearing', v_cash.amount_fen)) AS s (account, fen);
    PERFORM gongji.cash_decide(p_ctx, v_cash, v_payment, v_now);
    RETURN true;
END
$$;
COMMENT ON FUNCTION gongji.cash_adopt(jsonb) IS
    'Cash whose notice was faster than the commit of its payment: once the payment is there, it is settled like any other. One a transaction, called with nothing else locked';
