-- The one place where cash meets a payment, whoever brings the news. The row's state decides, never the clock (F4, F5).
CREATE OR REPLACE FUNCTION gongji.cash_settle(p_ctx jsonb, p_out_trade_no text, p_channel text, p_transaction_id text, p_amount_fen bigint,
                                              p_paid_at timestamptz) RETURNS gongji.cash_transaction
LANGUAGE plpgsql AS $$
DECLARE
    v_payment gongji.payment;
    v_cash gongji.cash_transaction;
    v_now timestamptz;
    v_known boolean;
BEGIN
    IF p_out_trade_no ~ '^[0-9a-f]{32}$' THEN
        v_payment := gongji.payment_locked(p_out_trade_no::uuid);
    END IF;
    v_now := gongji.now_cn();
    INSERT INTO gongji.cash_transaction (channel, transaction_id, id, insured, payment_id, out_trade_no, amount_fen, paid_at, received_at, reported_by, state)
    VALUES (p_channel, p_transaction_id, gongji.uuid_v7(v_now), coalesce(v_payment.insured, 0), v_payment.id, p_out_trade_no, p_amount_fen, p_paid_at, v_now,
            gongji.operator_name(p_ctx), 'manual_review')
    ON CONFLICT DO NOTHING
    RETURNING * INTO v_cash;
    v_known := v_cash.id IS NULL;
    IF v_known THEN
        SELECT c.* INTO STRICT v_cash FROM gongji.cash_transaction c WHERE c.channel = p_channel AND c.transaction_id = p_transaction_id;
        RETURN v_cash;
    END IF;
    RETURN gongji.cash_decide(p_ctx, v_cash, v_payment, v_now);
END
$$;
COMMENT ON FUNCTION gongji.cash_settle(jsonb, text, text, text, bigint, timestamptz) IS
    'Takes in cash that a channel received under an out_trade_no, once per channel and transaction; gives what is kept about it, which for a repeated report is what came of the first';
