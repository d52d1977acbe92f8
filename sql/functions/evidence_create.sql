CREATE OR REPLACE FUNCTION api.evidence_create(p_ctx jsonb, p_id uuid, p_type text, p_media_type text, p_sha256 text, p_size integer, p_content_sealed text)
RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_owner bigint := gongji.person_of(p_ctx ->> 'sub');
    v_now timestamptz := gongji.now_cn();
BEGIN
    IF v_owner IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'bind', v_owner, v_now) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    INSERT INTO gongji.evidence (id, owner, type, media_type, sha256, size, content_sealed, uploaded_by, created_at)
    VALUES (p_id, v_owner, p_type, p_media_type, p_sha256, p_size, p_content_sealed, coalesce(p_ctx ->> 'actor', p_ctx ->> 'sub'), v_now);
    PERFORM gongji.audit(p_ctx, v_now, 'evidence.create', v_owner, jsonb_build_object('evidence_id', 'evi_' || p_id, 'sha256', p_sha256));
    RETURN gongji.ok(gongji.evidence_body((SELECT e FROM gongji.evidence e WHERE e.id = p_id AND e.owner = v_owner)), 'CREATED');
END
$$;
COMMENT ON FUNCTION api.evidence_create(jsonb, uuid, text, text, text, integer, text) IS
    'Stores a proof of a relation (S1-28), sealed by the server; sha256 and size are those of the document as uploaded';
REVOKE ALL ON FUNCTION api.evidence_create(jsonb, uuid, text, text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.evidence_create(jsonb, uuid, text, text, text, integer, text) TO gongji_app;
