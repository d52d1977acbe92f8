CREATE OR REPLACE FUNCTION gongji.medical_body(p_payment gongji.payment, p_settlement gongji.medical_settlement, p_insured_no text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT gongji.payment_body(p_payment, p_insured_no)
           || jsonb_build_object('institution_id', p_settlement.institution, 'settlement_no', p_settlement.settlement_no, 'items', p_settlement.items)
           || jsonb_strip_nulls(jsonb_build_object(
               'presented_by', p_settlement.presented_by,
               'reversed_at', gongji.rfc3339(p_settlement.reversed_at),
               'reversal_reason', p_settlement.reversal_reason))
$$;
COMMENT ON FUNCTION gongji.medical_body(gongji.payment, gongji.medical_settlement, text) IS 'A medical payment as callers see it: a payment and what was settled';
