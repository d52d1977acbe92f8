CREATE OR REPLACE FUNCTION gongji.payment_asked(p_ctx jsonb, p_payment_id uuid, p_action text) RETURNS gongji.payment
LANGUAGE plpgsql AS $$
DECLARE
    v_payment gongji.payment;
BEGIN
    SELECT p.* INTO v_payment FROM gongji.payment p WHERE p.id = p_payment_id;
    IF p_ctx ->> 'kind' = 'staff' THEN
        IF NOT gongji.person_covered(p_ctx, v_payment.insured) THEN
            RETURN NULL;
        END IF;
    ELSIF NOT coalesce(gongji.payment_readable(v_payment, gongji.person_of(p_ctx ->> 'sub')), false) THEN
        RETURN NULL;
    END IF;
    IF gongji.by_another(p_ctx) AND NOT gongji.channel_shut(p_ctx, 'read', v_payment.insured, gongji.now_cn()) THEN
        PERFORM gongji.audit(p_ctx, gongji.now_cn(), p_action, v_payment.insured, jsonb_build_object('payment_id', 'pay_' || v_payment.id));
    END IF;
    RETURN v_payment;
END
$$;
COMMENT ON FUNCTION gongji.payment_asked(jsonb, uuid, text) IS 'The payment a caller may read, with the audit row of staff and of who acts for a citizen; NULL: none, or none of the caller''s';
