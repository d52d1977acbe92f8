CREATE OR REPLACE FUNCTION gongji.person_body(p_person bigint) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
               'person_id', p.person_no, 'name', p.name_mask, 'id_number', p.id_number_mask, 'area', p.area, 'scheme', p.scheme,
               'status', p.status, 'person_class', p.person_class, 'birth_date', p.birth_date, 'excluded', p.excluded, 'frozen', a.frozen,
               'created_at', gongji.rfc3339(p.created_at), 'updated_at', gongji.rfc3339(p.updated_at))
      FROM gongji.person p
      JOIN gongji.account a ON a.person = p.id
     WHERE p.id = p_person
$$;
COMMENT ON FUNCTION gongji.person_body(bigint) IS 'A register entry as staff see it, name and ID number masked (P-37)';
