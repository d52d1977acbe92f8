CREATE OR REPLACE FUNCTION gongji.binding_unseen(p_ctx jsonb) RETURNS gongji.outcome
LANGUAGE sql STABLE AS $$
    SELECT gongji.refuse(ARRAY[CASE WHEN p_ctx ->> 'kind' = 'citizen' AND gongji.person_of(p_ctx ->> 'sub') IS NULL
                                    THEN 'PERSON_NOT_FOUND' ELSE 'BINDING_NOT_FOUND' END])
$$;
COMMENT ON FUNCTION gongji.binding_unseen(jsonb) IS 'The answer when binding_seen() gave nothing: a citizen who is not in the register hears that first';
