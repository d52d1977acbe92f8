CREATE OR REPLACE FUNCTION gongji.institution_write(p_ctx jsonb, p_row jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql AS $$
DECLARE
    v_old gongji.institution;
    v_new gongji.institution := jsonb_populate_record(NULL::gongji.institution, p_row);
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.pooling_area WHERE code = v_new.area AND pooling) THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN']);
    END IF;
    v_new.updated_at := gongji.now_cn();
    SELECT * INTO v_old FROM gongji.institution WHERE code = v_new.code FOR UPDATE;
    IF NOT gongji.staff_covers(p_ctx, v_new.area) OR (v_old.code IS NOT NULL AND NOT gongji.staff_covers(p_ctx, v_old.area)) THEN
        RETURN gongji.refuse(ARRAY['INSTITUTION_NOT_FOUND']);
    END IF;
    v_old.updated_at := v_new.updated_at;
    IF v_old IS DISTINCT FROM v_new THEN
        INSERT INTO gongji.institution AS i (code, name, kind, area, designated_from, designated_to, updated_at)
        VALUES (v_new.code, v_new.name, v_new.kind, v_new.area, v_new.designated_from, v_new.designated_to, v_new.updated_at)
        ON CONFLICT (code) DO UPDATE
            SET name = excluded.name, kind = excluded.kind, area = excluded.area, designated_from = excluded.designated_from,
                designated_to = excluded.designated_to, updated_at = excluded.updated_at;
        PERFORM gongji.audit(p_ctx, v_new.updated_at, 'institution.put', NULL, p_row);
    END IF;
    RETURN gongji.ok(gongji.institution_body((SELECT i FROM gongji.institution i WHERE i.code = v_new.code)),
                     CASE WHEN v_old.code IS NULL THEN 'CREATED' ELSE 'OK' END);
END
$$;
COMMENT ON FUNCTION gongji.institution_write(jsonb, jsonb) IS
    'Enters a place or changes one {code, name, kind, area, designated_from, designated_to?}; both areas must be the staff''s. What it was before stands in the audit log';
