CREATE OR REPLACE FUNCTION gongji.person_asked(p_ctx jsonb, p_person_no text) RETURNS gongji.person
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_staff boolean := p_ctx ->> 'kind' = 'staff';
    v_person gongji.person;
BEGIN
    SELECT p.* INTO v_person
      FROM gongji.person p
     WHERE p.id = gongji.person_of(CASE WHEN v_staff THEN p_person_no ELSE p_ctx ->> 'sub' END);
    IF v_staff AND NOT gongji.staff_covers(p_ctx, v_person.area) THEN
        RETURN NULL;
    END IF;
    RETURN v_person;
END
$$;
COMMENT ON FUNCTION gongji.person_asked(jsonb, text) IS 'Whom a read is about: a citizen reads about oneself, staff about the person named, if their areas cover that person; else NULL';
