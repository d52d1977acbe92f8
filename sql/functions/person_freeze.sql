CREATE OR REPLACE FUNCTION api.person_freeze(p_ctx jsonb, p_person_no text, p_frozen boolean, p_reason text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_person bigint := gongji.person_of(p_person_no);
    v_was_frozen boolean;
    v_now timestamptz;
BEGIN
    PERFORM gongji.lock_with_holds(ARRAY[v_person]);
    v_now := gongji.now_cn();
    IF NOT gongji.person_covered(p_ctx, v_person) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    SELECT frozen INTO STRICT v_was_frozen FROM gongji.account WHERE person = v_person;

    UPDATE gongji.account
       SET frozen = p_frozen,
           frozen_reason = CASE WHEN p_frozen THEN p_reason END
     WHERE person = v_person;
    PERFORM gongji.audit(p_ctx || jsonb_build_object('reason', p_reason), v_now, 'person.freeze', v_person, jsonb_build_object('frozen', p_frozen));
    IF p_frozen THEN
        PERFORM gongji.payments_cancel_of(p_ctx, v_person, 'frozen', v_now);
    END IF;
    IF p_frozen <> v_was_frozen THEN
        PERFORM gongji.emit(v_now, CASE WHEN p_frozen THEN 'account.frozen' ELSE 'account.unfrozen' END, v_person,
                            jsonb_build_object('person_id', p_person_no));
    END IF;
    RETURN gongji.ok(gongji.person_body(v_person));
END
$$;
COMMENT ON FUNCTION api.person_freeze(jsonb, text, boolean, text) IS
    'PUT /v1/persons/{person_id}/freeze: blocks or frees every debit of an account, never its credits; a freeze cancels what is held. The same again changes nothing, but is recorded with its reason';
REVOKE ALL ON FUNCTION api.person_freeze(jsonb, text, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.person_freeze(jsonb, text, boolean, text) TO gongji_app;
