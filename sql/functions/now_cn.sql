CREATE OR REPLACE FUNCTION gongji.now_cn() RETURNS timestamptz
LANGUAGE sql VOLATILE AS $$
    SELECT clock_timestamp() + coalesce(nullif(current_setting('gongji.clock_offset_us', true), ''), '0')::bigint * interval '1 microsecond'
$$;
COMMENT ON FUNCTION gongji.now_cn() IS 'The business clock: real time, moved by the session setting gongji.clock_offset_us in development; read once, after the locks';
