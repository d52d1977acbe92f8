CREATE OR REPLACE FUNCTION api.policy_put(p_ctx jsonb, p_area text, p_valid_from date, p_document jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz;
    v_known boolean;
    v_version bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.pooling_area WHERE code = p_area) THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN']);
    END IF;
    IF NOT gongji.staff_covers(p_ctx, p_area) THEN
        RETURN gongji.refuse(ARRAY['POLICY_NOT_FOUND']);
    END IF;
    LOCK TABLE gongji.policy IN SHARE ROW EXCLUSIVE MODE; -- one change at a time; readers go on
    v_now := gongji.now_cn();
    IF p_valid_from < gongji.date_cn(v_now) THEN
        RETURN gongji.refuse(ARRAY['POLICY_IN_EFFECT']);
    END IF;
    v_known := EXISTS (SELECT FROM gongji.policy WHERE area = p_area AND valid_from = p_valid_from);

    v_version := gongji.policy_add(p_ctx, v_now, p_area, p_valid_from, p_document);
    PERFORM gongji.policy_materialise(p_area, p_valid_from, v_version);
    RETURN gongji.ok(gongji.policy_view(p_area, p_valid_from), CASE WHEN v_known THEN 'OK' ELSE 'CREATED' END);
END
$$;
COMMENT ON FUNCTION api.policy_put(jsonb, text, date, jsonb) IS
    'PUT /v1/policies/{area}/{valid_from}: a new immutable version, from today or later on (F15); history is never rewritten';
REVOKE ALL ON FUNCTION api.policy_put(jsonb, text, date, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.policy_put(jsonb, text, date, jsonb) TO gongji_app;
