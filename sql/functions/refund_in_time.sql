CREATE OR REPLACE FUNCTION gongji.refund_in_time(p_payment gongji.payment, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_area text := coalesce(p_payment.area, (SELECT i.area FROM gongji.person i WHERE i.id = p_payment.insured));
    v_until text;
BEGIN
    SELECT (e.rules).refund_until INTO v_until
      FROM gongji.policy_effective e
     WHERE e.area = v_area AND e.version = p_payment.policy_version AND e.valid_from <= gongji.date_cn(p_payment.created_at)
     ORDER BY e.valid_from DESC
     LIMIT 1;
    RETURN CASE coalesce(v_until, (gongji.policy_on(v_area, gongji.date_cn(p_payment.created_at))).rules.refund_until, 'benefit_start')
               WHEN 'no_limit' THEN true
               WHEN 'not_refundable' THEN false
               ELSE coalesce(gongji.date_cn(p_now) < (p_payment.coverage ->> 'starts_on')::date, true)
           END;
END
$$;
COMMENT ON FUNCTION gongji.refund_in_time(gongji.payment, timestamptz) IS
    'Whether a payment may still be given back without an error to correct: as the policy it was paid under says, by default until its cover starts (P-28)';
