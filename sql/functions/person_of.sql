CREATE OR REPLACE FUNCTION gongji.person_of(p_person_no text) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT person FROM gongji.person_no_key WHERE person_no = p_person_no
$$;
COMMENT ON FUNCTION gongji.person_of(text) IS 'Person number to person key; NULL: not in the register';
