CREATE OR REPLACE FUNCTION gongji.review_body(p_beneficiary bigint, p_binding_id uuid, p_now timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT gongji.binding_body(p_beneficiary, p_binding_id, p_now) || jsonb_build_object(
               'binding_id', 'bnd_' || r.binding_id,
               'area', r.area,
               'state', gongji.review_state(r, p_now),
               'queued_at', gongji.rfc3339(r.queued_at),
               'due_at', gongji.rfc3339(r.due_at),
               'age_workdays', gongji.workdays_between(gongji.date_cn(r.queued_at), gongji.date_cn(coalesce(r.decided_at, p_now))),
               'overdue', gongji.review_is_overdue(r, p_now),
               'lease', CASE WHEN r.lease_until > p_now
                             THEN jsonb_build_object('reviewer', r.claimed_by, 'until', gongji.rfc3339(r.lease_until)) END,
               'decision', r.decision,
               'decided_at', gongji.rfc3339(r.decided_at),
               'evidence', (
                   SELECT coalesce(jsonb_agg(gongji.evidence_body(e) ORDER BY s.added_at, e.id), '[]')
                     FROM gongji.binding_evidence s
                     JOIN gongji.evidence e ON e.id = s.evidence_id
                    WHERE s.beneficiary = r.beneficiary AND s.binding_id = r.binding_id),
               'automatic_check', CASE WHEN r.state = 'decided' THEN r.automatic_check ELSE gongji.relation_check(b.grantor, b.beneficiary, b.relation) END)
      FROM gongji.review r
      JOIN gongji.binding b ON b.id = r.binding_id AND b.beneficiary = r.beneficiary
     WHERE r.beneficiary = p_beneficiary AND r.binding_id = p_binding_id
$$;
COMMENT ON FUNCTION gongji.review_body(bigint, uuid, timestamptz) IS
    'An application on the review desk: its binding, and beside it age and due time, who holds it, and the documents shown; automatic_check: what data says of the relation, today or when it was decided';
