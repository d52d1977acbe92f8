CREATE OR REPLACE FUNCTION gongji.payments_cancel_of(p_ctx jsonb, p_person bigint, p_why text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_payment gongji.payment;
BEGIN
    FOR v_payment IN
        SELECT p.*
          FROM gongji.payments_holding(ARRAY[p_person]) p
         WHERE p_why <> 'frozen'
            OR EXISTS (SELECT FROM gongji.hold h WHERE h.person = p_person AND h.payment_id = p.id AND h.state = 'held')
    LOOP
        PERFORM gongji.payment_release(p_ctx, v_payment, 'cancelled', p_now, NULL, jsonb_build_object('why', p_why));
    END LOOP;
END
$$;
COMMENT ON FUNCTION gongji.payments_cancel_of(jsonb, bigint, text, timestamptz) IS
    'Freeze, death or closure of a person: payments that hold the person''s money are cancelled, and what they hold of others is free as well; so are, but for a freeze, payments for the person. After lock_with_holds()';
