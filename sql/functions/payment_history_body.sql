CREATE OR REPLACE FUNCTION gongji.payment_history_body(p_insured bigint, p_subject uuid, p_with_by boolean) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('at', gongji.rfc3339(e.at), 'event', e.event, 'status', e.status)
                              || CASE WHEN p_with_by THEN jsonb_strip_nulls(jsonb_build_object(
                                     'by', e.by, 'actor', e.actor, 'channel', e.channel, 'reason', e.reason)) ELSE '{}' END
                              || e.details
                              ORDER BY e.n), '[]')
      FROM gongji.payment_event e
     WHERE e.insured = p_insured AND e.subject_id = p_subject
$$;
COMMENT ON FUNCTION gongji.payment_history_body(bigint, uuid, boolean) IS 'The history of a payment or refund as callers see it; who did what and why is for staff';
