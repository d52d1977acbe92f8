CREATE OR REPLACE FUNCTION api.account_close(p_ctx jsonb, p_person_no text, p_id uuid, p_reason text, p_payee_sealed text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_person bigint := gongji.person_of(p_person_no);
    v_relatives bigint[] := gongji.person_relatives(v_person);
    v_account gongji.account;
    v_last jsonb;
    v_released text[];
    v_result jsonb;
    v_now timestamptz;
BEGIN
    PERFORM gongji.lock_with_holds(v_relatives || v_person);
    IF NOT gongji.person_relatives(v_person) <@ v_relatives THEN
        RETURN gongji.refuse(ARRAY['again']); -- bound to somebody else meanwhile: whom it ends with has to be locked, too
    END IF;
    v_now := gongji.now_cn();
    IF NOT gongji.person_covered(p_ctx, v_person) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    SELECT * INTO STRICT v_account FROM gongji.account WHERE person = v_person;
    SELECT c.result INTO v_last FROM gongji.account_closure c WHERE c.person = v_person ORDER BY c.at DESC LIMIT 1;
    IF v_account.current_fen + v_account.prior_fen = 0 AND v_last IS NOT NULL THEN
        RETURN gongji.ok(v_last);
    END IF;
    IF v_account.frozen OR v_account.under_review THEN
        RETURN gongji.refuse(array_remove(ARRAY[CASE WHEN v_account.frozen THEN 'ACCOUNT_FROZEN' END,
                                                CASE WHEN v_account.under_review THEN 'ACCOUNT_UNDER_REVIEW' END], NULL));
    END IF;

    PERFORM gongji.payments_cancel_of(p_ctx, v_person, 'closed', v_now);
    v_account := gongji.account_touch(v_person, v_now);
    PERFORM gongji.account_pay_out(v_account, p_id, v_now);
    v_released := gongji.binding_release_all(p_ctx, v_person, 'ACCOUNT_CLOSED', v_now);
    v_result := jsonb_build_object(
        'id', 'clo_' || p_id,
        'person_id', p_person_no,
        'amount_fen', v_account.current_fen + v_account.prior_fen,
        'buckets', jsonb_build_object('current_year_fen', v_account.current_fen, 'prior_year_fen', v_account.prior_fen),
        'reason', p_reason,
        'released_bindings', v_released,
        'closed_at', gongji.rfc3339(v_now));
    INSERT INTO gongji.account_closure (person, id, amount_fen, reason, payee_sealed, closed_by, at, result)
    VALUES (v_person, p_id, v_account.current_fen + v_account.prior_fen, p_reason, p_payee_sealed, p_ctx ->> 'sub', v_now, v_result);
    PERFORM gongji.audit(p_ctx || jsonb_build_object('reason', p_reason), v_now, 'account.close', v_person, jsonb_build_object('closure_id', 'clo_' || p_id));
    PERFORM gongji.emit(v_now, 'account.closed', v_person, jsonb_build_object('person_id', p_person_no, 'closure_id', 'clo_' || p_id));
    RETURN gongji.ok(v_result, 'CREATED');
END
$$;
COMMENT ON FUNCTION api.account_close(jsonb, text, uuid, text, text) IS
    'POST /v1/persons/{person_id}/account-closure (P-30): cancels what is held for payments under way, pays out what is left and releases every binding of the person, on either side. A frozen account and one under review stay as they are. Asked again of an empty account, the last closure answers; money that came since is paid out by a new one';
REVOKE ALL ON FUNCTION api.account_close(jsonb, text, uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.account_close(jsonb, text, uuid, text, text) TO gongji_app;
