CREATE OR REPLACE FUNCTION gongji.idempotency_answer(p_request text, p_first gongji.idempotency_key) RETURNS gongji.outcome
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_first.request <> p_request THEN
        RETURN ('IDEMPOTENCY_KEY_REUSED', ARRAY['IDEMPOTENCY_KEY_REUSED'],
                jsonb_build_object('IDEMPOTENCY_KEY_REUSED', jsonb_build_object('first_request', p_first.request)), false)::gongji.outcome;
    END IF;
    RETURN (p_first.code, p_first.codes, p_first.result, true)::gongji.outcome;
END
$$;
COMMENT ON FUNCTION gongji.idempotency_answer(text, gongji.idempotency_key) IS
    'What a request under a used key is answered: the first answer, or IDEMPOTENCY_KEY_REUSED when it is another request; the server names the first differing member from first_request';
