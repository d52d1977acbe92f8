-- All legs of a movement are inserted by one statement, so one check a statement is enough, and stricter than one at commit.
CREATE OR REPLACE FUNCTION gongji.movements_sum_to_zero() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_movement uuid;
BEGIN
    SELECT movement_id INTO v_movement
      FROM inserted
     GROUP BY movement_id
    HAVING sum(amount_fen) <> 0
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the legs of movement % do not sum to zero', v_movement USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION gongji.movements_sum_to_zero() IS 'Trigger of ledger_entry: double entry, or no entry';
