CREATE OR REPLACE FUNCTION gongji.binding_end(p_binding gongji.binding) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(p_binding.ended_at, least(p_binding.release_at, gongji.start_of_day(p_binding.valid_to + 1)))
$$;
COMMENT ON FUNCTION gongji.binding_end(gongji.binding) IS 'When a binding ended or will end by time alone; NULL: no end is known';
