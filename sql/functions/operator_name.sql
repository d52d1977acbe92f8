CREATE OR REPLACE FUNCTION gongji.operator_name(p_ctx jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT concat(p_ctx ->> 'issuer', '/', p_ctx ->> 'sub')
$$;
COMMENT ON FUNCTION gongji.operator_name(jsonb) IS 'A member of staff across issuers, each of which names its operators itself: who holds a lease';
