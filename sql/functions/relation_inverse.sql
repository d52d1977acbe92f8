CREATE OR REPLACE FUNCTION gongji.relation_inverse(p_relations text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(CASE r.relation
                         WHEN 'parent' THEN 'child'
                         WHEN 'child' THEN 'parent'
                         WHEN 'grandparent' THEN 'grandchild'
                         WHEN 'grandchild' THEN 'grandparent'
                         WHEN 'maternal_grandparent' THEN 'maternal_grandchild'
                         WHEN 'maternal_grandchild' THEN 'maternal_grandparent'
                         ELSE r.relation
                     END ORDER BY r.n)
      FROM unnest(p_relations) WITH ORDINALITY AS r (relation, n)
$$;
COMMENT ON FUNCTION gongji.relation_inverse(text[]) IS 'What I am to a relative who is one of these to me; spouses and siblings are the same from both sides';
