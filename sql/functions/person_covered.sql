CREATE OR REPLACE FUNCTION gongji.person_covered(p_ctx jsonb, p_person bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT gongji.staff_covers(p_ctx, p.area) FROM gongji.person p WHERE p.id = p_person), false)
$$;
COMMENT ON FUNCTION gongji.person_covered(jsonb, bigint) IS 'Whether a person exists and lives in an area that the staff token covers; if not, both answer PERSON_NOT_FOUND';
