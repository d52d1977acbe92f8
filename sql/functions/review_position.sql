CREATE OR REPLACE FUNCTION gongji.review_position(p_beneficiary bigint, p_binding_id uuid) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT 1 + (SELECT count(*)
                  FROM gongji.review q
                 WHERE q.area = r.area AND q.state <> 'decided' AND (q.queued_at, q.binding_id) < (r.queued_at, r.binding_id))
      FROM gongji.review r
     WHERE r.beneficiary = p_beneficiary AND r.binding_id = p_binding_id AND r.state <> 'decided'
$$;
COMMENT ON FUNCTION gongji.review_position(bigint, uuid) IS 'The place of an application among those of its area that are not decided, oldest first (F11); NULL once it is';
