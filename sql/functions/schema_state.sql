CREATE OR REPLACE FUNCTION api.schema_state(p_digest text) RETURNS gongji.outcome
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
    SELECT 'OK', NULL::text[],
           jsonb_build_object('known', EXISTS (SELECT FROM gongji.schema_state s WHERE s.digest = p_digest),
                              'major', (SELECT s.major FROM gongji.schema_state s ORDER BY s.position DESC LIMIT 1)),
           false
$$;
COMMENT ON FUNCTION api.schema_state(text) IS
    'What a server asks before it starts: has this database been migrated by its source (or, later, by a newer one), and of which major is it';
REVOKE ALL ON FUNCTION api.schema_state(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.schema_state(text) TO gongji_app;
