CREATE OR REPLACE FUNCTION gongji.credential_link_body(p_link gongji.credential_link) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
               'id', 'crl_' || p_link.id,
               'holder_id', h.person_no,
               'member', jsonb_build_object('person_id', m.person_no, 'name', m.name_mask, 'id_number', m.id_number_mask),
               'created_at', gongji.rfc3339(p_link.created_at))
      FROM gongji.person h
      JOIN gongji.person m ON m.id = p_link.member
     WHERE h.id = p_link.holder
$$;
COMMENT ON FUNCTION gongji.credential_link_body(gongji.credential_link) IS 'Who may show whose credential, as both see it';
