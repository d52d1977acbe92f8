CREATE OR REPLACE FUNCTION api.contribution_create(p_ctx jsonb, p_person_no text, p_amount_fen bigint, p_year integer, p_reference text) RETURNS gongji.outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_out gongji.outcome := gongji.idempotency_claim(p_ctx);
BEGIN
    IF v_out.code IS NOT NULL THEN
        RETURN v_out;
    END IF;
    v_out := gongji.contribution_write(p_ctx, p_person_no, p_amount_fen, p_year, p_reference);
    RETURN gongji.idempotency_store(p_ctx, v_out);
END
$$;
COMMENT ON FUNCTION api.contribution_create(jsonb, text, bigint, integer, text) IS 'POST /v1/persons/{person_id}/contributions: as gongji.contribution_write, under an idempotency key';
REVOKE ALL ON FUNCTION api.contribution_create(jsonb, text, bigint, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.contribution_create(jsonb, text, bigint, integer, text) TO gongji_app;
