CREATE OR REPLACE FUNCTION gongji.emit(p_at timestamptz, p_type text, p_person bigint, p_payload jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.outbox (person, at, type, payload)
    VALUES (p_person, p_at, p_type, p_payload)
$$;
COMMENT ON FUNCTION gongji.emit(timestamptz, text, bigint, jsonb) IS 'One event, written in the transaction of its cause; ids only';
