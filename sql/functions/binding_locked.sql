CREATE OR REPLACE FUNCTION gongji.binding_locked(p_ctx jsonb, p_id uuid, p_parties text[]) RETURNS gongji.binding
LANGUAGE plpgsql AS $$
DECLARE
    v_binding gongji.binding := gongji.binding_seen(p_ctx, p_id);
    v_caller bigint := gongji.person_of(p_ctx ->> 'sub');
BEGIN
    IF v_binding.id IS NULL
       OR NOT ('grantor' = ANY (p_parties) AND v_caller = v_binding.grantor OR 'beneficiary' = ANY (p_parties) AND v_caller = v_binding.beneficiary) THEN
        RETURN NULL;
    END IF;
    PERFORM gongji.lock_accounts(ARRAY[v_binding.grantor, v_binding.beneficiary], true);
    SELECT * INTO STRICT v_binding FROM gongji.binding WHERE id = p_id AND beneficiary = v_binding.beneficiary;
    RETURN v_binding;
END
$$;
COMMENT ON FUNCTION gongji.binding_locked(jsonb, uuid, text[]) IS
    'A binding that one of these parties (grantor, beneficiary) wants to change, read again under both account locks; NULL for everybody else';
