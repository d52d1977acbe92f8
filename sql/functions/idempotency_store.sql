CREATE OR REPLACE FUNCTION gongji.idempotency_store(p_ctx jsonb, p_outcome gongji.outcome) RETURNS gongji.outcome
LANGUAGE plpgsql AS $$
BEGIN
    IF p_ctx ->> 'key' IS NOT NULL THEN
        IF gongji.code_is_stored(p_outcome.code) THEN
            UPDATE gongji.idempotency_key
               SET code = p_outcome.code, codes = p_outcome.codes, result = p_outcome.result
             WHERE key = (p_ctx ->> 'key')::uuid;
        ELSE
            DELETE FROM gongji.idempotency_key WHERE key = (p_ctx ->> 'key')::uuid;
        END IF;
    END IF;
    RETURN p_outcome;
END
$$;
COMMENT ON FUNCTION gongji.idempotency_store(jsonb, gongji.outcome) IS
    'Last statement of a keyed write: keeps the answer beside its effect, or frees the key when the answer is not one that is replayed';
