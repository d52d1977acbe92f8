-- repeatable: what is released once is not found again
CREATE OR REPLACE FUNCTION api.payments_expire(p_ctx jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_adopted boolean;
    v_due gongji.payment[];
    v_payment gongji.payment;
    v_locked bigint[];
    v_now timestamptz;
    v_expired integer := 0;
BEGIN
    v_adopted := gongji.cash_adopt(p_ctx);
    SELECT array_agg(d) INTO v_due
      FROM (SELECT p.*
              FROM gongji.payment p
             WHERE p.status = 'awaiting_cash' AND p.cash_expires_at <= gongji.now_cn()
             ORDER BY p.cash_expires_at
             LIMIT p_limit) d;

    -- What is locked elsewhere is passed over, never waited for: cash may be about to complete it, or another process to release it.
    v_locked := gongji.lock_accounts(ARRAY(SELECT DISTINCT u.person FROM unnest(v_due) d CROSS JOIN LATERAL unnest(gongji.payment_parties(d)) AS u (person)), false);
    v_now := gongji.now_cn();
    FOR v_payment IN
        SELECT p.*
          FROM unnest(v_due) d
          JOIN gongji.payment p ON p.id = d.id AND p.insured = d.insured
         WHERE gongji.payment_parties(d) <@ v_locked AND p.status = 'awaiting_cash' AND p.cash_expires_at <= v_now
    LOOP
        PERFORM gongji.payment_release(p_ctx, v_payment, 'expired', v_now);
        v_expired := v_expired + 1;
    END LOOP;
    RETURN gongji.ok(jsonb_build_object('expired', v_expired, 'adopted', v_adopted));
END
$$;
COMMENT ON FUNCTION api.payments_expire(jsonb, integer) IS
    'The sweeper of every server process, at most p_limit at a time: payments whose cash did not come in time give back what they hold (F4); cash that came before its payment is settled';
REVOKE ALL ON FUNCTION api.payments_expire(jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.payments_expire(jsonb, integer) TO gongji_app;
