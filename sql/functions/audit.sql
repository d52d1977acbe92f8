CREATE OR REPLACE FUNCTION gongji.audit(p_ctx jsonb, p_at timestamptz, p_action text, p_person bigint, p_details jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.audit_log (person, at, action, issuer, subject, actor, channel, reason, request_id, details)
    VALUES (coalesce(p_person, 0), p_at, p_action, p_ctx ->> 'issuer', coalesce(p_ctx ->> 'sub', 'system'), p_ctx ->> 'actor', p_ctx ->> 'channel',
            p_ctx ->> 'reason', p_ctx ->> 'request_id',
            coalesce(p_details || gongji.presence(p_ctx), p_details, gongji.presence(p_ctx)))
$$;
COMMENT ON FUNCTION gongji.audit(jsonb, timestamptz, text, bigint, jsonb) IS 'One audit row for a change, or for somebody else who reads a person''s data (S0-45); details hold ids and codes, never names or ID numbers, and at a counter or terminal which one it was and whether the ID document was sighted (S1-14)';
