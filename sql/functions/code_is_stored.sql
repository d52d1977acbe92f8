CREATE OR REPLACE FUNCTION gongji.code_is_stored(p_code text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_code <> ALL (ARRAY['VALIDATION_FAILED', 'RANGE_INVALID', 'AREA_UNKNOWN', 'ID_NUMBER_INVALID', 'REPAIR_YEAR_INVALID',
                                'RATE_LIMITED', 'IDEMPOTENCY_KEY_REUSED', 'busy', 'again'])
$$;
COMMENT ON FUNCTION gongji.code_is_stored(text) IS
    'Whether an answer is replayed under its idempotency key: 2xx and the 403, 404, 409, 422 decided after the body was found valid; never 400, 429 and contention';
