CREATE OR REPLACE FUNCTION gongji.binding_is_live(p_binding gongji.binding, p_now timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT gongji.binding_state(p_binding, p_now) IN ('pending_review', 'active', 'suspended')
$$;
COMMENT ON FUNCTION gongji.binding_is_live(gongji.binding, timestamptz) IS 'Whether a binding counts for limits and BINDING_EXISTS';
