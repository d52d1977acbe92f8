CREATE OR REPLACE FUNCTION gongji.relation_write(p_ctx jsonb, p_person_no text, p_relative_no text, p_relations text[]) RETURNS gongji.outcome
LANGUAGE plpgsql AS $$
DECLARE
    v_person bigint := gongji.person_of(p_person_no);
    v_relative bigint := gongji.person_of(p_relative_no);
    v_was text[];
    v_now timestamptz;
BEGIN
    PERFORM gongji.lock_accounts(ARRAY[v_person, v_relative], true);
    v_now := gongji.now_cn();
    IF v_person IS NULL OR v_relative IS NULL OR NOT (gongji.person_covered(p_ctx, v_person) OR gongji.person_covered(p_ctx, v_relative)) THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;

    SELECT r.relations INTO v_was FROM gongji.relation_record r WHERE r.person = v_person AND r.relative = v_relative;
    IF v_was IS DISTINCT FROM p_relations THEN
        INSERT INTO gongji.relation_record AS r (person, relative, relations, recorded_at, recorded_by)
        VALUES (v_person, v_relative, p_relations, v_now, gongji.operator_name(p_ctx)),
               (v_relative, v_person, gongji.relation_inverse(p_relations), v_now, gongji.operator_name(p_ctx))
        ON CONFLICT (person, relative) DO UPDATE
            SET relations = excluded.relations, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by;
        PERFORM gongji.audit(p_ctx, v_now, 'relation.put', side.person)
           FROM unnest(ARRAY[v_person, v_relative]) AS side (person);
    END IF;
    RETURN gongji.ok(NULL, CASE WHEN v_was IS NULL THEN 'CREATED' ELSE 'OK' END);
END
$$;
COMMENT ON FUNCTION gongji.relation_write(jsonb, text, text, text[]) IS
    'Records what a relative is to a person, from both sides; the last record of a pair counts. Staff must cover one of the two';
