-- A plan made and kept while the table is small would scan the table ever after, for every person of the first large import.
CREATE OR REPLACE FUNCTION gongji.lock_accounts(p_people bigint[], p_wait boolean) RETURNS bigint[]
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_locked bigint[];
BEGIN
    IF p_wait THEN
        SELECT array_agg(l.person) INTO v_locked
          FROM (SELECT a.person
                  FROM gongji.account a
                 WHERE a.person = ANY ((SELECT p_people)::bigint[])
                 ORDER BY a.person
                   FOR NO KEY UPDATE) l;
    ELSE
        SELECT array_agg(l.person) INTO v_locked
          FROM (SELECT a.person
                  FROM gongji.account a
                 WHERE a.person = ANY ((SELECT p_people)::bigint[])
                 ORDER BY a.person
                   FOR NO KEY UPDATE SKIP LOCKED) l;
    END IF;
    RETURN coalesce(v_locked, '{}');
END
$$;
COMMENT ON FUNCTION gongji.lock_accounts(bigint[], boolean) IS
    'Takes the account locks of a transaction, in one fixed order (after the idempotency rows); without p_wait rows locked elsewhere are left out of the answer. The only place that locks accounts: distribute.sql replaces it';
