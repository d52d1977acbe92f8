CREATE OR REPLACE FUNCTION gongji.ok(p_result jsonb, p_code text DEFAULT 'OK') RETURNS gongji.outcome
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (p_code, NULL::text[], p_result, false)::gongji.outcome
$$;
COMMENT ON FUNCTION gongji.ok(jsonb, text) IS 'A successful outcome: OK, CREATED or NO_CONTENT with its body';
