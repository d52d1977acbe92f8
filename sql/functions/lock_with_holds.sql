CREATE OR REPLACE FUNCTION gongji.lock_with_holds(p_people bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_wanted bigint[] := gongji.hold_partners(p_people);
    v_more bigint[];
BEGIN
    PERFORM gongji.lock_accounts(v_wanted, true);
    -- A payment may have placed holds meanwhile; now that these are locked no other can.
    v_more := gongji.hold_partners(p_people);
    IF NOT v_more <@ v_wanted THEN
        PERFORM gongji.lock_accounts(v_more, true);
    END IF;
END
$$;
COMMENT ON FUNCTION gongji.lock_with_holds(bigint[]) IS
    'Locks people together with everyone whose account takes part in a payment that holds money of theirs: before a freeze or a death, which cancel those payments';
