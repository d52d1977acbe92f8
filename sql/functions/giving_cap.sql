CREATE OR REPLACE FUNCTION gongji.giving_cap(p_rules gongji.policy_rules, p_per_payment_fen bigint, p_given_today_fen bigint, p_given_year_fen bigint) RETURNS gongji.giving_cap
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_tightest gongji.giving_cap;
    v_cap gongji.giving_cap;
BEGIN
    FOREACH v_cap IN ARRAY ARRAY[
        ('per_payment_cap_fen', CASE WHEN p_rules.per_payment_cap_editable THEN p_per_payment_fen END, p_per_payment_fen),
        ('premium_cap_fen', p_rules.premium_cap_fen, p_rules.premium_cap_fen),
        ('daily_cap_fen', p_rules.daily_cap_fen, greatest(0, p_rules.daily_cap_fen - coalesce(p_given_today_fen, 0))),
        ('yearly_cap_fen', p_rules.yearly_cap_fen, greatest(0, p_rules.yearly_cap_fen - coalesce(p_given_year_fen, 0)))]::gongji.giving_cap[]
    LOOP
        IF v_cap.cap_fen IS NOT NULL AND coalesce(v_cap.left_fen < v_tightest.left_fen, true) THEN
            v_tightest := v_cap;
        END IF;
    END LOOP;
    RETURN v_tightest;
END
$$;
COMMENT ON FUNCTION gongji.giving_cap(gongji.policy_rules, bigint, bigint, bigint) IS
    'The limit of the grantor''s area (P-12, P-19) that leaves least for one premium: the grantor''s own for this beneficiary where the area lets it be set, for a premium, for a day, for a calendar year; all NULL: no limit';
