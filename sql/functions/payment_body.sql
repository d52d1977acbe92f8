CREATE OR REPLACE FUNCTION gongji.payment_body(p_payment gongji.payment, p_insured_no text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_body jsonb := jsonb_build_object(
        'id', 'pay_' || p_payment.id,
        'status', p_payment.status,
        'use', p_payment.use,
        'insured_id', p_insured_no,
        'benefit_year', p_payment.benefit_year,
        'product', p_payment.product,
        'payable_fen', p_payment.payable_fen,
        'legs', p_payment.legs,
        'own_fen', p_payment.own_fen,
        'aid_fen', p_payment.aid_fen,
        'cash_fen', p_payment.cash_fen,
        'coverage', p_payment.coverage,
        'policy_version', p_payment.policy_version,
        'receipt_no', p_payment.receipt_no,
        'created_at', gongji.rfc3339(p_payment.created_at));
BEGIN
    IF p_payment.benefit_year IS NULL THEN -- no premium
        v_body := v_body - ARRAY['benefit_year', 'product', 'coverage'];
    END IF;
    IF p_payment.receipt_no IS NULL THEN
        v_body := v_body - 'receipt_no';
    END IF;
    IF p_payment.repair_years IS NOT NULL THEN
        v_body := v_body || jsonb_build_object('repair_years', p_payment.repair_years, 'repair', p_payment.repair);
    END IF;
    IF p_payment.quote_id IS NOT NULL THEN
        v_body := v_body || jsonb_build_object('quote_id', 'quo_' || p_payment.quote_id);
    END IF;
    IF p_payment.client_reference IS NOT NULL THEN
        v_body := v_body || jsonb_build_object('client_reference', p_payment.client_reference);
    END IF;
    IF p_payment.actor IS NOT NULL THEN
        v_body := v_body || jsonb_build_object('actor', p_payment.actor);
    END IF;
    IF p_payment.cash_channel IS NOT NULL THEN
        v_body := v_body || jsonb_build_object('cash', jsonb_build_object(
                      'channel', p_payment.cash_channel,
                      'out_trade_no', replace(p_payment.id::text, '-', ''),
                      'amount_fen', p_payment.cash_fen,
                      'expires_at', gongji.rfc3339(p_payment.cash_expires_at)));
    END IF;
    RETURN v_body;
END
$$;
COMMENT ON FUNCTION gongji.payment_body(gongji.payment, text) IS 'A payment as callers see it, its sentences left to the server; made for every payment, so in one piece, and what it lacks taken away';
