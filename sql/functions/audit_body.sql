CREATE OR REPLACE FUNCTION gongji.audit_body(p_id text, p_at timestamptz, p_action text, p_person bigint, p_issuer text, p_subject text, p_actor text,
                                             p_channel text, p_reason text, p_request_id text, p_details jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'id', p_id,
        'at', gongji.rfc3339(p_at),
        'action', p_action,
        'person_id', (SELECT p.person_no FROM gongji.person p WHERE p.id = p_person),
        'issuer', p_issuer,
        'subject', p_subject,
        'actor', p_actor,
        'channel', p_channel,
        'reason', p_reason,
        'request_id', p_request_id,
        'details', p_details))
$$;
COMMENT ON FUNCTION gongji.audit_body(text, timestamptz, text, bigint, text, text, text, text, text, text, jsonb) IS 'One audit row as auditors see it: who, when, through which channel, about whom, why; ids and codes only';
