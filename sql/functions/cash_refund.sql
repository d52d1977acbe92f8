CREATE OR REPLACE FUNCTION gongji.cash_refund(p_ctx jsonb, p_cash gongji.cash_transaction, p_amount_fen bigint, p_reason_code text, p_now timestamptz,
                                              p_reason text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_id uuid := gongji.uuid_v7(p_now);
BEGIN
    UPDATE gongji.cash_transaction
       SET state = CASE WHEN p_amount_fen = amount_fen THEN 'to_refund' ELSE state END
     WHERE channel = p_cash.channel AND transaction_id = p_cash.transaction_id;
    INSERT INTO gongji.refund (id, insured, payment_id, whole, reason_code, reason, status, legs, account_fen, cash_fen, cash_channel, transaction_id, out_refund_no,
                               next_action, next_action_at, requested_by, created_at)
    VALUES (v_id, p_cash.insured, p_cash.payment_id, false, p_reason_code, p_reason, 'processing',
            jsonb_build_array(jsonb_build_object('source', 'cash', 'amount_fen', p_amount_fen)), 0, p_amount_fen, p_cash.channel, p_cash.transaction_id,
            replace(v_id::text, '-', ''), 'request', p_now, CASE WHEN p_ctx ->> 'sub' IS NULL THEN 'system' ELSE gongji.operator_name(p_ctx) END, p_now);
    PERFORM gongji.payment_note(p_ctx, p_cash.insured, v_id, 'created', 'processing', p_now, p_reason, jsonb_build_object('amount_fen', p_amount_fen));
    PERFORM gongji.emit(p_now, 'refund.processing', p_cash.insured, jsonb_build_object('refund_id', 'rfd_' || v_id));
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION gongji.cash_refund(jsonb, gongji.cash_transaction, bigint, text, timestamptz, text) IS
    'Makes cash that stands in suspense (all of a transaction, or what was too much) a task to pay back by its channel; until the channel has done so it stays there';
