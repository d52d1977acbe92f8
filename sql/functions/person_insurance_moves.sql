CREATE OR REPLACE FUNCTION gongji.person_insurance_moves(p_person bigint, p_record jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM gongji.person p
         WHERE p.id = p_person
           AND (p.status <> 'normal'
                OR (p.status, p.scheme, p.area) IS DISTINCT FROM (p_record ->> 'status', p_record ->> 'scheme', p_record ->> 'area')))
$$;
COMMENT ON FUNCTION gongji.person_insurance_moves(bigint, jsonb) IS 'Whether a record of the register may move a person''s bindings: it changes status, scheme or area, or states anew one that is not normal, which a policy may take by now';
