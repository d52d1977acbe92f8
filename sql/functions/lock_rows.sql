CREATE OR REPLACE FUNCTION gongji.lock_rows(p_rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM gongji.lock_with_holds(ARRAY(
        SELECT k.person
          FROM gongji.person_no_key k
         WHERE k.person_no = ANY (ARRAY(SELECT r ->> 'person_no' FROM jsonb_array_elements(p_rows) r))));
END
$$;
COMMENT ON FUNCTION gongji.lock_rows(jsonb) IS 'Locks at once, in the one order, the accounts of all persons that a chunk of an import names; row by row would deadlock with payments';
