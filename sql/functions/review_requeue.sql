CREATE OR REPLACE FUNCTION gongji.review_requeue(p_binding gongji.binding, p_now timestamptz) RETURNS void
LANGUAGE sql AS $$
    UPDATE gongji.review r
       SET state = 'queued',
           due_at = gongji.review_due(p_now, (gongji.policy_on(r.area, gongji.date_cn(p_now))).rules.review_sla_workdays)
     WHERE r.beneficiary = p_binding.beneficiary AND r.binding_id = p_binding.id AND r.state = 'more_requested'
$$;
COMMENT ON FUNCTION gongji.review_requeue(gongji.binding, timestamptz) IS
    'An application sent back for more documents returns to its old place in the queue; the time the desk has for it starts anew';
