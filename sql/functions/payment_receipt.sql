-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.payment_receipt(p_ctx jsonb, p_payment_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_payment gongji.payment := gongji.payment_asked(p_ctx, p_payment_id, 'payment.read_receipt');
    v_insured gongji.person;
    v_receipt jsonb;
BEGIN
    IF v_payment.id IS NULL OR v_payment.receipt_no IS NULL THEN
        RETURN gongji.refuse(ARRAY['PAYMENT_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_payment.insured, gongji.now_cn()) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    SELECT i.* INTO STRICT v_insured FROM gongji.person i WHERE i.id = v_payment.insured;
    v_receipt := jsonb_build_object(
        'receipt_no', v_payment.receipt_no,
        'payment_id', 'pay_' || v_payment.id,
        'status', v_payment.status,
        'insured', jsonb_build_object('person_id', v_insured.person_no, 'name', v_insured.name_mask, 'id_number', v_insured.id_number_mask),
        'area', v_insured.area,
        'benefit_year', v_payment.benefit_year,
        'product', v_payment.product,
        'payable_fen', v_payment.payable_fen,
        'own_fen', v_payment.own_fen,
        'aid_fen', v_payment.aid_fen,
        'cash_fen', v_payment.cash_fen,
        'legs', v_payment.legs,
        'coverage', v_payment.coverage,
        'paid_at', gongji.rfc3339(coalesce(v_payment.succeeded_at, v_payment.created_at)),
        'issued_at', gongji.rfc3339(gongji.now_cn()))
        || CASE WHEN v_payment.repair_years IS NULL THEN '{}' ELSE jsonb_build_object('repair_years', v_payment.repair_years, 'repair', v_payment.repair) END;
    IF v_payment.benefit_year IS NULL THEN
        SELECT v_receipt - ARRAY['benefit_year', 'product', 'coverage']
               || jsonb_build_object('use', v_payment.use, 'institution_id', s.institution, 'settlement_no', s.settlement_no)
          INTO STRICT v_receipt
          FROM gongji.medical_settlement s
         WHERE s.payment_id = v_payment.id AND s.insured = v_payment.insured;
    END IF;
    RETURN gongji.ok(v_receipt);
END
$$;
COMMENT ON FUNCTION api.payment_receipt(jsonb, uuid) IS 'The receipt of a payment that has one, made out anew whenever asked (S0-29)';
REVOKE ALL ON FUNCTION api.payment_receipt(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.payment_receipt(jsonb, uuid) TO gongji_app;
