CREATE OR REPLACE FUNCTION gongji.audit_page(p_rows jsonb[], p_limit integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object(
        'data', coalesce(to_jsonb(p_rows[:p_limit]), '[]'),
        'next', CASE WHEN cardinality(p_rows) > p_limit
                     THEN jsonb_build_object('at', p_rows[p_limit] -> 'at', 'id', p_rows[p_limit] -> 'id') END)
$$;
COMMENT ON FUNCTION gongji.audit_page(jsonb[], integer) IS 'A page out of rows already in order, one more than fits telling that there is a next';
