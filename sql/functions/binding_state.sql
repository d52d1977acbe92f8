CREATE OR REPLACE FUNCTION gongji.binding_state(p_binding gongji.binding, p_now timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_binding.status NOT IN ('active', 'suspended') THEN p_binding.status
        WHEN p_binding.release_at <= p_now THEN 'released'
        WHEN p_binding.valid_to < gongji.date_cn(p_now) THEN 'expired'
        ELSE p_binding.status
    END
$$;
COMMENT ON FUNCTION gongji.binding_state(gongji.binding, timestamptz) IS
    'Status of a binding at an instant: time alone releases it at release_at and ends it after valid_to, whether or not somebody has written that down yet';
