CREATE OR REPLACE FUNCTION gongji.retry_tomorrow(p_now timestamptz) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object('RATE_LIMITED', jsonb_build_object(
        'retry_after', ceil(extract(epoch FROM gongji.start_of_day(gongji.date_cn(p_now) + 1) - p_now))::integer))
$$;
COMMENT ON FUNCTION gongji.retry_tomorrow(timestamptz) IS 'Extra members of RATE_LIMITED for a limit of the day: seconds until the next one begins';
