CREATE OR REPLACE FUNCTION gongji.refund_locked(p_refund_id uuid) RETURNS gongji.refund
LANGUAGE plpgsql AS $$
DECLARE
    v_refund gongji.refund;
BEGIN
    SELECT r.* INTO v_refund FROM gongji.refund r WHERE r.id = p_refund_id;
    IF v_refund.id IS NOT NULL THEN
        -- The insured's account orders all that happens to a payment; nobody's cash is ordered by its own row.
        PERFORM gongji.lock_accounts(ARRAY[v_refund.insured], true);
        SELECT r.* INTO STRICT v_refund FROM gongji.refund r WHERE r.id = p_refund_id AND r.insured = v_refund.insured FOR NO KEY UPDATE;
    END IF;
    RETURN v_refund;
END
$$;
COMMENT ON FUNCTION gongji.refund_locked(uuid) IS 'A refund read under the lock of its insured''s account; NULL: there is none';
