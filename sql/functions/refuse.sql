CREATE OR REPLACE FUNCTION gongji.refuse(p_codes text[], p_extras jsonb DEFAULT NULL) RETURNS gongji.outcome
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (p_codes[1], p_codes, p_extras, false)::gongji.outcome
$$;
COMMENT ON FUNCTION gongji.refuse(text[], jsonb) IS 'A refusal: every code that applies in the documented order, and extra members keyed by code';
