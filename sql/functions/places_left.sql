CREATE OR REPLACE FUNCTION gongji.places_left(p_limit bigint, p_taken bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_limit IS NOT NULL THEN greatest(0, p_limit - p_taken) END
$$;
COMMENT ON FUNCTION gongji.places_left(bigint, bigint) IS 'What a limit leaves; NULL: there is no limit';
