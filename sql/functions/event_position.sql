CREATE OR REPLACE FUNCTION gongji.event_position(p_event uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ('x' || lpad(right(p_event::text, 12), 16, '0'))::bit(64)::bigint
$$;
COMMENT ON FUNCTION gongji.event_position(uuid) IS 'The place in the feed that an event''s id tells: the other half of event_uuid()';
