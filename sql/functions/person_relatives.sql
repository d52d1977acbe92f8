CREATE OR REPLACE FUNCTION gongji.person_relatives(p_person bigint) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(r.person), '{}')
      FROM (SELECT b.grantor AS person
              FROM gongji.binding b
             WHERE b.beneficiary = p_person AND b.status IN ('pending_review', 'active', 'suspended')
            UNION
            SELECT b.beneficiary
              FROM gongji.binding_by_grantor g
              JOIN gongji.binding b ON b.id = g.id AND b.beneficiary = g.beneficiary
             WHERE g.grantor = p_person AND b.status IN ('pending_review', 'active', 'suspended')) r
$$;
COMMENT ON FUNCTION gongji.person_relatives(bigint) IS 'The other sides of a person''s bindings that are not over: whose accounts must be locked before a change of this person moves a binding';
