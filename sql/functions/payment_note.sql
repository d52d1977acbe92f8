CREATE OR REPLACE FUNCTION gongji.payment_note(p_ctx jsonb, p_insured bigint, p_subject uuid, p_event text, p_status text, p_at timestamptz,
                                               p_reason text DEFAULT NULL, p_details jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.payment_event (insured, subject_id, n, at, event, status, by, actor, channel, reason, details)
    SELECT p_insured, p_subject, 1 + coalesce(max(e.n), 0), p_at, p_event, p_status,
           CASE WHEN p_ctx ->> 'sub' IS NULL THEN 'system' ELSE gongji.operator_name(p_ctx) END, p_ctx ->> 'actor', p_ctx ->> 'channel', p_reason, p_details
      FROM gongji.payment_event e
     WHERE e.insured = p_insured AND e.subject_id = p_subject
$$;
COMMENT ON FUNCTION gongji.payment_note(jsonb, bigint, uuid, text, text, timestamptz, text, jsonb) IS
    'One line of the history of a payment or refund, written under the insured''s account lock: what happened, the status after it, who did it';
