CREATE OR REPLACE FUNCTION gongji.identity_claim(p_person bigint, p_record jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_blind_indexes text[] := p_record ->> 'blind_indexes';
    v_match_digests text[] := p_record ->> 'match_digests';
    v_index_key_ids text[] := p_record ->> 'index_key_ids';
    v_claimed text[] := '{}';
    v_owner bigint;
BEGIN
    -- One key a turn, of one or two: a plan for = ANY, made while the table is small, would scan the table for ever.
    FOR i IN 1 .. cardinality(v_blind_indexes) LOOP
        INSERT INTO gongji.person_identity (blind_index, index_key_id, match_digest, person)
        VALUES (v_blind_indexes[i], v_index_key_ids[i], v_match_digests[i], p_person)
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            v_claimed := v_claimed || v_blind_indexes[i];
            CONTINUE;
        END IF;
        SELECT person INTO v_owner FROM gongji.person_identity WHERE blind_index = v_blind_indexes[i];
        IF v_owner IS DISTINCT FROM p_person THEN
            DELETE FROM gongji.person_identity WHERE person = p_person AND blind_index = ANY (v_claimed);
            RETURN NULL;
        END IF;
        UPDATE gongji.person_identity
           SET match_digest = v_match_digests[i]
         WHERE blind_index = v_blind_indexes[i] AND match_digest <> v_match_digests[i];
    END LOOP;
    DELETE FROM gongji.person_identity WHERE person = p_person AND blind_index <> ALL (v_blind_indexes);
    RETURN cardinality(v_claimed);
END
$$;
COMMENT ON FUNCTION gongji.identity_claim(bigint, jsonb) IS
    'Makes an ID number a person''s, under every active index key, and lets go of the former one. NULL: it is another person''s, and nothing was claimed; else how many of its indexes are new';
