-- repeatable: what the books say is marked; marking it again changes nothing.
CREATE OR REPLACE FUNCTION api.ledger_block(p_ctx jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_suspects bigint[] := gongji.ledger_suspects();
    v_marked bigint[] := ARRAY(SELECT a.person FROM gongji.account a WHERE a.under_review);
    v_moved jsonb[];
    v_now timestamptz;
BEGIN
    PERFORM gongji.lock_accounts(v_suspects || v_marked, true);
    v_now := gongji.now_cn();
    WITH moved AS (
        UPDATE gongji.account a
           SET under_review = a.person = ANY (v_suspects)
         WHERE a.person = ANY (v_suspects || v_marked) AND a.under_review <> (a.person = ANY (v_suspects))
        RETURNING a.person, a.under_review)
    SELECT array_agg(jsonb_build_object('person', m.person, 'person_id', p.person_no, 'under_review', m.under_review) ORDER BY p.person_no) INTO v_moved
      FROM moved m
      LEFT JOIN gongji.person p ON p.id = m.person;
    PERFORM gongji.audit(p_ctx, v_now, 'account.review', (m ->> 'person')::bigint, jsonb_build_object('under_review', m -> 'under_review')),
            gongji.emit(v_now, CASE WHEN (m -> 'under_review')::boolean THEN 'account.under_review' ELSE 'account.proved' END, (m ->> 'person')::bigint,
                        jsonb_build_object('person_id', m -> 'person_id'))
       FROM unnest(v_moved) m;
    RETURN gongji.ok(jsonb_build_object(
        'blocked', ARRAY(SELECT m ->> 'person_id' FROM unnest(v_moved) m WHERE (m -> 'under_review')::boolean),
        'released', ARRAY(SELECT m ->> 'person_id' FROM unnest(v_moved) m WHERE NOT (m -> 'under_review')::boolean)));
END
$$;
COMMENT ON FUNCTION api.ledger_block(jsonb) IS
    'gongji verify --block (F20): accounts that the proof names give nothing to relatives until a later proof passes over them; all others go on. Answers whose mark changed';
REVOKE ALL ON FUNCTION api.ledger_block(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.ledger_block(jsonb) TO gongji_app;
