CREATE OR REPLACE FUNCTION gongji.payment_body(p_payment gongji.payment, p_insured_no text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN jsonb_build_object(
               'id', 'pay_' || p_payment.id,
               'status', p_payment.status,
               'use', p_payment.use,
               'insured_id', p_insured_no,
               'payable_fen', p_payment.payable_fen,
               'legs', p_payment.legs,
               'own_fen', p_payment.own_fen,
               'aid_fen', p_payment.aid_fen,
               'cash_fen', p_payment.cash_fen,
               'policy_version', p_payment.policy_version,
               'created_at', gongji.rfc3339(p_payment.created_at))
           || CASE
                  WHEN p_payment.benefit_year IS NULL THEN '{}'
                  ELSE jsonb_build_object('benefit_year', p_payment.benefit_year, 'product', p_payment.product, 'coverage', p_payment.coverage)
              END
           || CASE
                  WHEN p_payment.repair_years IS NULL THEN '{}'
                  ELSE jsonb_build_object('repair_years', p_payment.repair_years, 'repair', p_payment.repair)
              END
           || jsonb_strip_nulls(jsonb_build_object(
               'receipt_no', p_payment.receipt_no,
               'quote_id', 'quo_' || p_payment.quote_id,
               'client_reference', p_payment.client_reference,
               'actor', p_payment.actor,
               'cash', CASE WHEN p_payment.cash_channel IS NOT NULL THEN jsonb_build_object(
                   'channel', p_payment.cash_channel,
                   'out_trade_no', replace(p_payment.id::text, '-', ''),
                   'amount_fen', p_payment.cash_fen,
                   'expires_at', gongji.rfc3339(p_payment.cash_expires_at)) END));
END
$$;
COMMENT ON FUNCTION gongji.payment_body(gongji.payment, text) IS 'A payment as callers see it, its sentences left to the server';
