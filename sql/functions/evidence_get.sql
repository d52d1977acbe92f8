-- repeatable: a read; sent again it leaves at most one more audit row of the same look.
CREATE OR REPLACE FUNCTION api.evidence_get(p_ctx jsonb, p_id uuid) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_staff boolean := p_ctx ->> 'kind' = 'staff';
    v_evidence gongji.evidence;
BEGIN
    IF NOT v_staff AND gongji.person_of(p_ctx ->> 'sub') IS NULL THEN
        RETURN gongji.refuse(ARRAY['PERSON_NOT_FOUND']);
    END IF;
    SELECT e.* INTO v_evidence
      FROM gongji.evidence e
      JOIN gongji.person o ON o.id = e.owner
     WHERE e.id = p_id
       AND CASE WHEN v_staff THEN gongji.staff_covers(p_ctx, o.area) ELSE o.person_no = p_ctx ->> 'sub' END;
    IF v_evidence.id IS NULL THEN
        RETURN gongji.refuse(ARRAY['EVIDENCE_NOT_FOUND']);
    END IF;
    IF gongji.channel_shut(p_ctx, 'read', v_evidence.owner, gongji.now_cn()) THEN
        RETURN gongji.refuse(ARRAY['CHANNEL_NOT_ALLOWED']);
    END IF;
    IF gongji.by_another(p_ctx) THEN
        PERFORM gongji.audit(p_ctx, gongji.now_cn(), 'evidence.read', v_evidence.owner, jsonb_build_object('evidence_id', 'evi_' || p_id));
    END IF;
    RETURN gongji.ok(jsonb_build_object('media_type', v_evidence.media_type, 'content_sealed', v_evidence.content_sealed));
END
$$;
COMMENT ON FUNCTION api.evidence_get(jsonb, uuid) IS
    'A document for its owner, or for reviewers of the owner''s area. The result is not what callers see: the server opens content_sealed and answers with the bytes';
REVOKE ALL ON FUNCTION api.evidence_get(jsonb, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.evidence_get(jsonb, uuid) TO gongji_app;
