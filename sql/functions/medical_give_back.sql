CREATE OR REPLACE FUNCTION gongji.medical_give_back(p_payment gongji.payment, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_today date := gongji.date_cn(p_now);
    v_paid_in integer := extract(year FROM gongji.date_cn(p_payment.created_at));
    v_movement uuid := gen_random_uuid();
    v_draw record;
    v_account gongji.account;
    v_bucket gongji.ledger_bucket;
    v_money_year integer;
BEGIN
    FOR v_draw IN SELECT d.* FROM gongji.payment_draws(p_payment) d ORDER BY d.n LOOP
        v_account := gongji.account_touch(v_draw.person, p_now);
        v_money_year := v_paid_in - CASE v_draw.bucket WHEN 'current_year' THEN 0 ELSE 1 END;
        v_bucket := CASE WHEN v_money_year < v_account.current_year THEN 'prior_year' ELSE 'current_year' END;
        UPDATE gongji.account a
           SET current_fen = current_fen + CASE v_bucket WHEN 'current_year' THEN v_draw.amount_fen ELSE 0 END,
               prior_fen = prior_fen + CASE v_bucket WHEN 'prior_year' THEN v_draw.amount_fen ELSE 0 END,
               version = version + 1
         WHERE a.person = v_draw.person
        RETURNING a.* INTO STRICT v_account;
        INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on,
                                         payment_id, binding_id, insured, use, for_whom)
        VALUES (v_draw.person, 'personal', 'medical_reversal', v_bucket, v_money_year, v_movement, v_draw.amount_fen,
                v_account.current_fen + v_account.prior_fen, v_account.version, p_now, v_today, p_payment.id, v_draw.binding_id, p_payment.insured, v_draw.use,
                CASE WHEN v_draw.binding_id IS NULL THEN 'self' ELSE 'relative' END),
               (p_payment.insured, 'medical_clearing', 'medical_reversal', NULL, v_money_year, v_movement, -v_draw.amount_fen, NULL, NULL, p_now, v_today,
                p_payment.id, NULL, p_payment.insured, v_draw.use, NULL);
    END LOOP;
END
$$;
COMMENT ON FUNCTION gongji.medical_give_back(gongji.payment, timestamptz) IS
    'Mirrors the legs of a settlement: each to the account it came from, into the bucket its year belongs to today; a frozen account takes it too. Accounts are locked';
