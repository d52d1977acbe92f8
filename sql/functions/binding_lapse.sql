CREATE OR REPLACE FUNCTION gongji.binding_lapse(p_grantor bigint, p_beneficiary bigint, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_binding gongji.binding;
BEGIN
    FOR v_binding IN
        SELECT * FROM gongji.binding WHERE beneficiary = p_beneficiary AND grantor = p_grantor AND status <> gongji.binding_state(binding, p_now)
    LOOP
        PERFORM gongji.binding_move('{}', p_beneficiary, v_binding.id, gongji.binding_state(v_binding, p_now),
                                    gongji.binding_state(v_binding, p_now), gongji.binding_end(v_binding));
    END LOOP;
END
$$;
COMMENT ON FUNCTION gongji.binding_lapse(bigint, bigint, timestamptz) IS
    'Writes down what time alone has ended between two people, so that they can be bound again; readers do not need it, binding_state() tells them';
