CREATE OR REPLACE FUNCTION api.settlement_suspension_put(p_ctx jsonb, p_person_no text, p_from date, p_to date, p_reason text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_person bigint := gongji.person_of(p_person_no);
    v_now timestamptz;
BEGIN
    PERFORM gongji.lock_accounts(ARRAY[v_person], true);
    v_now := gongji.now_cn();
    IF NOT gongji.person_covered(p_ctx, v_person) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    INSERT INTO gongji.settlement_suspension AS s (person, suspended_from, suspended_to, reason, updated_at)
    VALUES (v_person, p_from, p_to, p_reason, v_now)
    ON CONFLICT (person) DO UPDATE
        SET suspended_from = excluded.suspended_from, suspended_to = excluded.suspended_to, reason = excluded.reason, updated_at = excluded.updated_at;
    PERFORM gongji.audit(p_ctx || jsonb_build_object('reason', p_reason), v_now, 'person.settlement_suspension', v_person,
                         jsonb_build_object('from', p_from, 'to', p_to));
    PERFORM gongji.emit(v_now, 'person.settlement_suspended', v_person, jsonb_build_object('person_id', p_person_no));
    RETURN gongji.ok(jsonb_build_object('person_id', p_person_no, 'from', p_from, 'to', p_to, 'reason', p_reason, 'updated_at', gongji.rfc3339(v_now)));
END
$$;
COMMENT ON FUNCTION api.settlement_suspension_put(jsonb, text, date, date, text) IS
    'PUT /v1/persons/{person_id}/settlement-suspension: nothing is settled for the person on these days, both inclusive (P-27); replaces the days said before, so that an earlier last day lifts it';
REVOKE ALL ON FUNCTION api.settlement_suspension_put(jsonb, text, date, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.settlement_suspension_put(jsonb, text, date, date, text) TO gongji_app;
