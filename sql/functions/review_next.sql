CREATE OR REPLACE FUNCTION gongji.review_next(p_ctx jsonb, p_area text, p_now timestamptz) RETURNS gongji.review
LANGUAGE sql STABLE AS $$
    SELECT r.*
      FROM gongji.pooling_area a
     CROSS JOIN LATERAL (
         SELECT q.*
           FROM gongji.review q
           JOIN gongji.binding b ON b.id = q.binding_id AND b.beneficiary = q.beneficiary
          WHERE q.area = a.code
            AND q.state <> 'decided'
            AND gongji.review_state(q, p_now) = 'queued'
            AND NOT gongji.review_conflict(p_ctx, b)
          ORDER BY q.queued_at, q.binding_id
          LIMIT 1) r
     WHERE gongji.staff_covers(p_ctx, a.code)
       AND gongji.area_within(a.code, p_area)
     ORDER BY r.queued_at, r.binding_id
     LIMIT 1
$$;
COMMENT ON FUNCTION gongji.review_next(jsonb, text, timestamptz) IS
    'The oldest application that waits in the caller''s areas, leases that ran out among them, those the caller may not decide left out';
