CREATE OR REPLACE FUNCTION gongji.evidence_body(p_evidence gongji.evidence) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('id', 'evi_' || p_evidence.id, 'type', p_evidence.type, 'media_type', p_evidence.media_type,
                              'sha256', p_evidence.sha256, 'size', p_evidence.size, 'created_at', gongji.rfc3339(p_evidence.created_at))
$$;
COMMENT ON FUNCTION gongji.evidence_body(gongji.evidence) IS 'A document as callers see it: everything but its content';
