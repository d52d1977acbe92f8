CREATE OR REPLACE FUNCTION gongji.event_uuid(p_at timestamptz, p_position bigint) RETURNS uuid
LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM p_at) * 1000)::bigint), 12, '0') || '7' || substr(x.hex, 1, 3)
            || substr('89ab', 1 + get_byte(decode(substr(x.hex, 4, 2), 'hex'), 0) % 4, 1) || substr(x.hex, 6, 3)
            || lpad(to_hex(p_position), 12, '0'))::uuid
      FROM (SELECT md5(gen_random_uuid()::text) AS hex) x
$$;
COMMENT ON FUNCTION gongji.event_uuid(timestamptz, bigint) IS 'A UUID of version 7 (RFC 9562 §5.7) whose last 48 bits count: an event''s id tells its place in the feed';
