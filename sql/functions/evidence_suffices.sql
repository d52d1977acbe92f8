CREATE OR REPLACE FUNCTION gongji.evidence_suffices(p_owner bigint, p_ids uuid[], p_accepted text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT gongji.evidence_owned(p_owner, p_ids)
       AND (cardinality(p_accepted) = 0
            OR EXISTS (SELECT FROM gongji.evidence e WHERE e.id = ANY (p_ids) AND e.owner = p_owner AND e.type = ANY (p_accepted)))
$$;
COMMENT ON FUNCTION gongji.evidence_suffices(bigint, uuid[], text[]) IS
    'Whether the documents named prove a relation: all are the applicant''s own, and one of an accepted type is among them when any is asked for';
