CREATE OR REPLACE FUNCTION gongji.payment_locked(p_payment_id uuid) RETURNS gongji.payment
LANGUAGE plpgsql AS $$
DECLARE
    v_payment gongji.payment;
BEGIN
    SELECT p.* INTO v_payment FROM gongji.payment p WHERE p.id = p_payment_id;
    IF v_payment.id IS NOT NULL THEN
        PERFORM gongji.lock_accounts(gongji.payment_parties(v_payment), true);
        SELECT p.* INTO STRICT v_payment FROM gongji.payment p WHERE p.id = p_payment_id AND p.insured = v_payment.insured;
    END IF;
    RETURN v_payment;
END
$$;
COMMENT ON FUNCTION gongji.payment_locked(uuid) IS 'A payment read under the locks of all its accounts; NULL: there is none';
