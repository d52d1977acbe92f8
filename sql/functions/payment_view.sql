CREATE OR REPLACE FUNCTION gongji.payment_view(p_payment gongji.payment) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_insured_no text := (SELECT i.person_no FROM gongji.person i WHERE i.id = p_payment.insured);
BEGIN
    IF p_payment.benefit_year IS NULL THEN
        RETURN (SELECT gongji.medical_body(p_payment, s, v_insured_no)
                  FROM gongji.medical_settlement s
                 WHERE s.payment_id = p_payment.id AND s.insured = p_payment.insured);
    END IF;
    RETURN gongji.payment_body(p_payment, v_insured_no);
END
$$;
COMMENT ON FUNCTION gongji.payment_view(gongji.payment) IS 'A stored payment as callers see it, of a premium or of a medical settlement';
