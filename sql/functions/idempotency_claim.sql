CREATE OR REPLACE FUNCTION gongji.idempotency_claim(p_ctx jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql AS $$
DECLARE
    v_key uuid := (p_ctx ->> 'key')::uuid;
    v_request text := p_ctx ->> 'request';
    v_first gongji.idempotency_key;
BEGIN
    IF v_key IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO gongji.idempotency_key (key, request, at)
    VALUES (v_key, v_request, gongji.now_cn())
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO STRICT v_first FROM gongji.idempotency_key WHERE key = v_key;
    RETURN gongji.idempotency_answer(v_request, v_first);
END
$$;
COMMENT ON FUNCTION gongji.idempotency_claim(jsonb) IS
    'First statement of a keyed write. NULL: the key is ours, go on and end with idempotency_store(). Otherwise the answer to give: the stored one, or IDEMPOTENCY_KEY_REUSED. A request in flight under the same key is waited for';
