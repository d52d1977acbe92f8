CREATE OR REPLACE FUNCTION gongji.rfc3339(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT to_char(p_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.US"+08:00"')
$$;
COMMENT ON FUNCTION gongji.rfc3339(timestamptz) IS 'An instant as callers see it: RFC 3339 with +08:00';
