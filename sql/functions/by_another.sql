CREATE OR REPLACE FUNCTION gongji.by_another(p_ctx jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT p_ctx ->> 'kind' = 'staff' OR p_ctx ? 'actor'
$$;
COMMENT ON FUNCTION gongji.by_another(jsonb) IS
    'Whether somebody else than the person looks: staff, or who acts for a citizen (a clerk at the counter, a proxy). What they read of a person is in the audit (S0-34, S1-35, F18)';
