CREATE OR REPLACE FUNCTION gongji.person_label(p_person bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT 'person ' || coalesce((SELECT p.person_no FROM gongji.person p WHERE p.id = p_person), 'key ' || p_person)
$$;
COMMENT ON FUNCTION gongji.person_label(bigint) IS 'How a proof names a person: by person number, by the bare key where the register has none';
