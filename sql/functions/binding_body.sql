CREATE OR REPLACE FUNCTION gongji.binding_body(p_beneficiary bigint, p_id uuid, p_now timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
               'id', 'bnd_' || b.id,
               'status', gongji.binding_state(b, p_now),
               'grade', gongji.binding_grade(p),
               'grantor_id', g.person_no,
               'grantor', jsonb_build_object('person_id', g.person_no, 'name', g.name_mask, 'area', g.area),
               'beneficiary', jsonb_build_object('person_id', p.person_no, 'name', p.name_mask, 'id_number', p.id_number_mask, 'area', p.area),
               'relation', b.relation,
               'priority', b.priority,
               'notice_version', b.notice_version,
               'review', jsonb_build_object(
                   'mode', coalesce(r.mode, 'none'),
                   'state', coalesce(gongji.review_state(r, p_now), 'decided'),
                   'due_at', CASE WHEN r.mode IN ('automatic', 'manual') THEN gongji.rfc3339(r.due_at) END)
                   || jsonb_strip_nulls(jsonb_build_object('reason_code', r.reason_code, 'reason', r.reason)),
               'created_at', gongji.rfc3339(b.created_at),
               'effective_at', gongji.rfc3339(b.effective_at))
           || jsonb_strip_nulls(jsonb_build_object(
               'valid_from', b.valid_from,
               'valid_to', b.valid_to,
               'per_payment_cap_fen', b.per_payment_cap_fen,
               'release_at', gongji.rfc3339(b.release_at),
               'ended_at', CASE WHEN NOT gongji.binding_is_live(b, p_now) THEN gongji.rfc3339(gongji.binding_end(b)) END,
               'actor', b.actor,
               'terminal_id', b.terminal_id,
               'id_sighted', b.id_sighted))
      FROM gongji.binding b
      JOIN gongji.person g ON g.id = b.grantor
      JOIN gongji.person p ON p.id = b.beneficiary
      LEFT JOIN gongji.review r ON r.beneficiary = b.beneficiary AND r.binding_id = b.id
     WHERE b.id = p_id AND b.beneficiary = p_beneficiary
$$;
COMMENT ON FUNCTION gongji.binding_body(bigint, uuid, timestamptz) IS
    'A binding as callers see it, names and ID number masked; the reasons in review are the reviewer''s last words, for the applicant to act on';
