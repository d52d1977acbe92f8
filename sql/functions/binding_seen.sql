CREATE OR REPLACE FUNCTION gongji.binding_seen(p_ctx jsonb, p_id uuid) RETURNS gongji.binding
LANGUAGE sql STABLE AS $$
    SELECT b.*
      FROM gongji.binding b
      JOIN gongji.person g ON g.id = b.grantor
      JOIN gongji.person p ON p.id = b.beneficiary
     WHERE b.id = p_id
       AND CASE WHEN p_ctx ->> 'kind' = 'staff' THEN gongji.staff_covers(p_ctx, g.area) OR gongji.staff_covers(p_ctx, p.area)
                ELSE p_ctx ->> 'sub' IN (g.person_no, p.person_no) END
$$;
COMMENT ON FUNCTION gongji.binding_seen(jsonb, uuid) IS
    'The binding if the caller may know of it: a party to it, or staff whose areas cover one of the two; otherwise NULL, the same as none';
