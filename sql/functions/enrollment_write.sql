CREATE OR REPLACE FUNCTION gongji.enrollment_write(p_ctx jsonb, p_person_no text, p_benefit_year integer, p_enrolled boolean) RETURNS gongji.outcome
LANGUAGE plpgsql AS $$
DECLARE
    v_person bigint := gongji.person_of(p_person_no);
    v_was boolean;
    v_now timestamptz;
BEGIN
    PERFORM gongji.lock_accounts(ARRAY[v_person], true);
    v_now := gongji.now_cn();
    IF NOT gongji.person_covered(p_ctx, v_person) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    SELECT enrolled INTO v_was FROM gongji.enrollment WHERE person = v_person AND benefit_year = p_benefit_year;

    IF v_was IS DISTINCT FROM p_enrolled THEN
        INSERT INTO gongji.enrollment AS e (person, benefit_year, enrolled, source, updated_at)
        VALUES (v_person, p_benefit_year, p_enrolled, 'registry', v_now)
        ON CONFLICT (person, benefit_year) DO UPDATE SET enrolled = excluded.enrolled, source = excluded.source, updated_at = excluded.updated_at;
        PERFORM gongji.audit(p_ctx, v_now, 'enrollment.put', v_person, jsonb_build_object('benefit_year', p_benefit_year, 'enrolled', p_enrolled));
        PERFORM gongji.emit(v_now, 'enrollment.changed', v_person, jsonb_build_object('person_id', p_person_no, 'benefit_year', p_benefit_year));
    END IF;
    RETURN gongji.ok(jsonb_build_object('person_id', p_person_no, 'benefit_year', p_benefit_year, 'enrolled', p_enrolled),
                     CASE WHEN v_was IS NULL THEN 'CREATED' ELSE 'OK' END);
END
$$;
COMMENT ON FUNCTION gongji.enrollment_write(jsonb, text, integer, boolean) IS 'Says whether a person was enrolled in a benefit year: the history that coverage gaps are counted from';
