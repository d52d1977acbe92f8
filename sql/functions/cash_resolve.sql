CREATE OR REPLACE FUNCTION api.cash_resolve(p_ctx jsonb, p_cash_id uuid, p_reason text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
    v_cash gongji.cash_transaction;
    v_refund uuid;
    v_now timestamptz;
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    SELECT c.* INTO v_cash FROM gongji.cash_transaction c WHERE c.id = p_cash_id AND c.payment_id IS NULL FOR NO KEY UPDATE;
    v_now := gongji.now_cn();
    IF v_cash.id IS NULL OR NOT gongji.staff_covers(p_ctx, '*') THEN
        v_out := gongji.refuse(ARRAY['CASH_NOT_FOUND']);
    ELSIF v_cash.state <> 'manual_review' THEN
        v_out := gongji.refuse(ARRAY['ALREADY_REFUNDED'], jsonb_build_object('ALREADY_REFUNDED', (
            SELECT jsonb_build_object('refund_id', 'rfd_' || r.id) FROM gongji.refund r
             WHERE r.insured = 0 AND r.cash_channel = v_cash.channel AND r.transaction_id = v_cash.transaction_id)));
    ELSE
        v_refund := gongji.cash_refund(p_ctx, v_cash, v_cash.amount_fen, 'unknown_order', v_now, p_reason);
        PERFORM gongji.audit(p_ctx || jsonb_build_object('reason', p_reason), v_now, 'cash.resolve', 0, jsonb_build_object('cash_id', 'csh_' || v_cash.id));
        v_out := gongji.ok((SELECT gongji.refund_body(r) FROM gongji.refund r WHERE r.id = v_refund AND r.insured = 0), 'CREATED');
    END IF;
    RETURN gongji.idempotency_store(p_ctx, v_out);
END
$$;
COMMENT ON FUNCTION api.cash_resolve(jsonb, uuid, text) IS
    'POST /v1/cash/{cash_id}/resolve: cash of an order that is none of ours goes back by its channel; for staff of all areas, since nobody''s area is known';
REVOKE ALL ON FUNCTION api.cash_resolve(jsonb, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.cash_resolve(jsonb, uuid, text) TO gongji_app;
