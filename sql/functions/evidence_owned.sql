CREATE OR REPLACE FUNCTION gongji.evidence_owned(p_owner bigint, p_ids uuid[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM unnest(p_ids) AS asked (id)
         WHERE NOT EXISTS (SELECT FROM gongji.evidence e WHERE e.id = asked.id AND e.owner = p_owner))
$$;
COMMENT ON FUNCTION gongji.evidence_owned(bigint, uuid[]) IS 'Whether all of these documents were uploaded by this person; none at all is fine';
