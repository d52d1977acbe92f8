CREATE OR REPLACE FUNCTION gongji.presence(p_ctx jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT nullif(jsonb_strip_nulls(jsonb_build_object('terminal_id', p_ctx -> 'terminal_id', 'id_sighted', nullif(p_ctx -> 'id_sighted', 'false'))), '{}')
$$;
COMMENT ON FUNCTION gongji.presence(jsonb) IS 'At which counter or terminal a call was made, and whether the ID document was sighted there (S1-14, S1-36); NULL: neither is said';
