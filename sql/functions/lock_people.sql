-- As in lock_accounts: a plan made while the tables are small must not scan them ever after.
CREATE OR REPLACE FUNCTION gongji.lock_people(p_rows jsonb) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    PERFORM gongji.lock_accounts(ARRAY(
        SELECT k.person
          FROM jsonb_array_elements(p_rows) r
          JOIN gongji.person_no_key k ON k.person_no = r ->> 'person_no'
        UNION
        SELECT unnest(gongji.person_relatives(k.person))
          FROM jsonb_array_elements(p_rows) r
          JOIN gongji.person_no_key k ON k.person_no = r ->> 'person_no'
         WHERE gongji.person_insurance_moves(k.person, r)), true);
END
$$;
COMMENT ON FUNCTION gongji.lock_people(jsonb) IS
    'Locks at once, in the one order, the accounts of the persons that a chunk of an import names, and of the relatives of those whose insurance they change';
