CREATE OR REPLACE FUNCTION gongji.contribution_write(p_ctx jsonb, p_person_no text, p_amount_fen bigint, p_year integer, p_reference text) RETURNS gongji.outcome
LANGUAGE plpgsql AS $$
DECLARE
    c_most_fen CONSTANT bigint := 9007199254740991; -- 2^53 - 1: exact in every JSON reader
    v_person bigint := gongji.person_of(p_person_no);
    v_first gongji.contribution;
    v_account gongji.account;
    v_bucket gongji.ledger_bucket;
    v_movement uuid := gen_random_uuid();
    v_now timestamptz;
    v_result jsonb;
BEGIN
    PERFORM gongji.lock_accounts(ARRAY[v_person], true);
    v_now := gongji.now_cn();
    IF p_year > extract(year FROM gongji.date_cn(v_now)) THEN
        RETURN gongji.refuse(ARRAY['VALIDATION_FAILED'], '{"VALIDATION_FAILED": {"pointer": "/year"}}');
    END IF;
    IF NOT gongji.person_covered(p_ctx, v_person) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    SELECT * INTO v_first FROM gongji.contribution WHERE person = v_person AND reference = p_reference;
    IF FOUND THEN
        RETURN CASE WHEN (v_first.amount_fen, v_first.year) = (p_amount_fen, p_year) THEN gongji.ok(v_first.result)
                    ELSE gongji.refuse(ARRAY['REFERENCE_REUSED']) END;
    END IF;

    SELECT * INTO v_account FROM gongji.account WHERE person = v_person;
    IF p_amount_fen > c_most_fen - v_account.current_fen - v_account.prior_fen THEN
        RETURN gongji.refuse(ARRAY['VALIDATION_FAILED'], '{"VALIDATION_FAILED": {"pointer": "/amount_fen"}}');
    END IF;
    v_account := gongji.account_touch(v_person, v_now);
    v_bucket := CASE WHEN p_year < v_account.current_year THEN 'prior_year' ELSE 'current_year' END;

    UPDATE gongji.account
       SET current_fen = current_fen + CASE v_bucket WHEN 'current_year' THEN p_amount_fen ELSE 0 END,
           prior_fen = prior_fen + CASE v_bucket WHEN 'prior_year' THEN p_amount_fen ELSE 0 END,
           version = version + 1
     WHERE person = v_person
    RETURNING * INTO STRICT v_account;
    INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on)
    VALUES (v_person, 'personal', 'contribution', v_bucket, p_year, v_movement, p_amount_fen, v_account.current_fen + v_account.prior_fen,
            v_account.version, v_now, gongji.date_cn(v_now)),
           (v_person, 'contribution_clearing', 'contribution', NULL, p_year, v_movement, -p_amount_fen, NULL, NULL, v_now, gongji.date_cn(v_now));
    v_result := jsonb_build_object('person_id', p_person_no, 'reference', p_reference, 'amount_fen', p_amount_fen, 'year', p_year, 'bucket', v_bucket,
                                   'balance_after_fen', v_account.current_fen + v_account.prior_fen, 'created_at', gongji.rfc3339(v_now));
    INSERT INTO gongji.contribution (person, reference, movement_id, amount_fen, year, result)
    VALUES (v_person, p_reference, v_movement, p_amount_fen, p_year, v_result);
    PERFORM gongji.audit(p_ctx, v_now, 'contribution.create', v_person, jsonb_build_object('movement_id', v_movement));
    PERFORM gongji.emit(v_now, 'contribution.created', v_person, jsonb_build_object('person_id', p_person_no, 'reference', p_reference));
    RETURN gongji.ok(v_result, 'CREATED');
END
$$;
COMMENT ON FUNCTION gongji.contribution_write(jsonb, text, bigint, integer, text) IS
    'Pays money into the bucket of its year, once per person and reference: CREATED, or OK with the first answer, or VALIDATION_FAILED (pointer /year or /amount_fen), PERSON_NOT_FOUND, REFERENCE_REUSED. Any scheme, frozen or not';
