-- repeatable: a transaction counts once per channel
CREATE OR REPLACE FUNCTION api.cash_notify(p_ctx jsonb, p_channel text, p_out_trade_no text, p_transaction_id text, p_amount_fen bigint, p_paid_at timestamptz)
RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_cash gongji.cash_transaction := gongji.cash_settle(p_ctx, p_out_trade_no, p_channel, p_transaction_id, p_amount_fen, p_paid_at);
BEGIN
    IF (v_cash.out_trade_no, v_cash.amount_fen) <> (p_out_trade_no, p_amount_fen) THEN
        RETURN gongji.refuse(ARRAY['CASH_TRANSACTION_REUSED']);
    END IF;
    RETURN gongji.ok(jsonb_build_object('outcome', v_cash.state));
END
$$;
COMMENT ON FUNCTION api.cash_notify(jsonb, text, text, text, bigint, timestamptz) IS
    'A channel''s own notice of cash, its signature verified by the server: also for an order that is none of ours, so that no fen is lost (F5)';
REVOKE ALL ON FUNCTION api.cash_notify(jsonb, text, text, text, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.cash_notify(jsonb, text, text, text, bigint, timestamptz) TO gongji_app;
