CREATE OR REPLACE FUNCTION api.payment_cash(p_ctx jsonb, p_payment_id uuid, p_channel text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamptz)
RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_insured bigint;
    v_cash gongji.cash_transaction;
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    SELECT p.insured INTO v_insured FROM gongji.payment p WHERE p.id = p_payment_id;
    IF NOT coalesce(p_ctx -> 'cash_channels' ? p_channel, false) THEN
        v_out := gongji.refuse(ARRAY['CASH_CHANNEL_NOT_ALLOWED']);
    ELSIF v_insured IS NULL THEN
        v_out := gongji.refuse(ARRAY['PAYMENT_NOT_FOUND']);
    ELSE
        v_cash := gongji.cash_settle(p_ctx, replace(p_payment_id::text, '-', ''), p_channel, p_transaction_id, p_amount_fen, p_paid_at);
        IF v_cash.payment_id IS DISTINCT FROM p_payment_id OR v_cash.amount_fen <> p_amount_fen THEN
            v_out := gongji.refuse(ARRAY['CASH_TRANSACTION_REUSED']);
        ELSE
            v_out := gongji.ok(gongji.payment_cash_body(p_payment_id, v_insured, v_cash));
        END IF;
    END IF;
    RETURN gongji.idempotency_store(p_ctx, v_out);
END
$$;
COMMENT ON FUNCTION api.payment_cash(jsonb, uuid, text, text, bigint, timestamptz) IS
    'POST /v1/payments/{payment_id}/cash: a counter or a channel''s backend tells of cash received. Answers with the payment and what the cash came to; the same transaction again changes nothing';
REVOKE ALL ON FUNCTION api.payment_cash(jsonb, uuid, text, text, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.payment_cash(jsonb, uuid, text, text, bigint, timestamptz) TO gongji_app;
