CREATE OR REPLACE FUNCTION gongji.binding_settle(p_ctx jsonb, p_person bigint, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_day date := gongji.date_cn(p_now);
    v_bound record;
    v_binding gongji.binding;
    v_standing gongji.standing;
BEGIN
    -- Held already, unless a binding was made between looking and locking; then this waits out of order, and a deadlock is tried again.
    PERFORM gongji.lock_accounts(gongji.person_relatives(p_person), true);

    FOR v_bound IN
        SELECT b AS binding,
               gongji.binding_standing(g, p, (gongji.policy_on(g.area, v_day)).rules, (gongji.policy_on(p.area, v_day)).rules) AS standing
          FROM (SELECT m.beneficiary, m.id FROM gongji.binding_by_grantor m WHERE m.grantor = p_person
                UNION ALL
                SELECT m.beneficiary, m.id FROM gongji.binding m WHERE m.beneficiary = p_person) k
          JOIN gongji.binding b ON b.id = k.id AND b.beneficiary = k.beneficiary
          JOIN gongji.person g ON g.id = b.grantor
          JOIN gongji.person p ON p.id = b.beneficiary
         WHERE gongji.binding_is_live(b, p_now)
         ORDER BY b.id
    LOOP
        v_binding := v_bound.binding;
        v_standing := v_bound.standing;
        CONTINUE WHEN v_standing.status = v_binding.status;
        -- An application waits for its decision, which looks at the status again; death alone ends it.
        CONTINUE WHEN v_binding.status = 'pending_review' AND coalesce(v_standing.reason_code NOT LIKE '%DECEASED', true);
        PERFORM gongji.binding_move(p_ctx, v_binding.beneficiary, v_binding.id,
                                    CASE v_standing.status WHEN 'active' THEN 'resumed' ELSE v_standing.status END,
                                    v_standing.status, p_now, v_standing.reason_code);
    END LOOP;
END
$$;
COMMENT ON FUNCTION gongji.binding_settle(jsonb, bigint, timestamptz) IS
    'Moves a person''s bindings to where both sides'' insurance puts them: suspended, active again, or released with the reason (P-12, P-30, F12, F16). The person''s account and the relatives'' must be locked';
