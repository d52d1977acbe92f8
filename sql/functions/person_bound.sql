CREATE OR REPLACE FUNCTION gongji.person_bound(p_person bigint) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT x.person), '{}')
      FROM (SELECT b.grantor AS person
              FROM gongji.binding b
             WHERE b.beneficiary = p_person AND b.status IN ('pending_review', 'active', 'suspended')
            UNION ALL
            SELECT b.beneficiary
              FROM gongji.binding_by_grantor m
              JOIN gongji.binding b ON b.id = m.id AND b.beneficiary = m.beneficiary
             WHERE m.grantor = p_person AND b.status IN ('pending_review', 'active', 'suspended')) x
$$;
COMMENT ON FUNCTION gongji.person_bound(bigint) IS 'The other side of every binding and application of a person that has not ended';
