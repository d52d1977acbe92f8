CREATE OR REPLACE FUNCTION gongji.binding_release_all(p_ctx jsonb, p_person bigint, p_reason_code text, p_now timestamptz) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
    v_binding gongji.binding;
    v_released text[] := '{}';
BEGIN
    FOR v_binding IN
        SELECT b.*
          FROM (SELECT m.beneficiary, m.id FROM gongji.binding_by_grantor m WHERE m.grantor = p_person
                UNION ALL
                SELECT o.beneficiary, o.id FROM gongji.binding o WHERE o.beneficiary = p_person) k
          JOIN gongji.binding b ON b.id = k.id AND b.beneficiary = k.beneficiary
         WHERE gongji.binding_is_live(b, p_now)
         ORDER BY b.id
    LOOP
        PERFORM gongji.binding_move(p_ctx, v_binding.beneficiary, v_binding.id, 'released', 'released', p_now, p_reason_code);
        v_released := v_released || ('bnd_' || v_binding.id);
    END LOOP;
    RETURN v_released;
END
$$;
COMMENT ON FUNCTION gongji.binding_release_all(jsonb, bigint, text, timestamptz) IS
    'Releases every binding and application of a person that still stands, on either side, and leaves alone what time has ended; the accounts of both sides must be locked';
