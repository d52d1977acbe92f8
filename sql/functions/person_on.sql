CREATE OR REPLACE FUNCTION gongji.person_on(p_person gongji.person, p_at timestamptz) RETURNS gongji.person
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_then jsonb;
BEGIN
    SELECT l.details -> 'now' INTO v_then
      FROM gongji.audit_log l
     WHERE l.person = p_person.id AND l.action = 'person.put' AND l.at <= p_at
     ORDER BY l.at DESC, l.id DESC
     LIMIT 1;
    RETURN jsonb_populate_record(p_person, coalesce(v_then, '{}'));
END
$$;
COMMENT ON FUNCTION gongji.person_on(gongji.person, timestamptz) IS 'A person with the area, scheme and status the register had at an instant, as recorded with each change';
