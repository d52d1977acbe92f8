CREATE OR REPLACE FUNCTION gongji.audit(p_ctx jsonb, p_at timestamptz, p_action text, p_person bigint, p_details jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.audit_log (person, at, action, issuer, subject, actor, channel, reason, request_id, details)
    VALUES (coalesce(p_person, 0), p_at, p_action, p_ctx ->> 'issuer', coalesce(p_ctx ->> 'sub', 'system'), p_ctx ->> 'actor', p_ctx ->> 'channel',
            p_ctx ->> 'reason', p_ctx ->> 'request_id',
            nullif(coalesce(p_details, '{}')
                   || jsonb_strip_nulls(jsonb_build_object('terminal_id', p_ctx -> 'terminal_id', 'id_sighted', nullif(p_ctx -> 'id_sighted', 'false'))), '{}'))
$$;
COMMENT ON FUNCTION gongji.audit(jsonb, timestamptz, text, bigint, jsonb) IS 'One audit row for a change, or for staff who read a named person''s data (S0-45); details hold ids and codes, never names or ID numbers, and at a counter or terminal which one it was and whether the ID document was sighted (S1-14)';
