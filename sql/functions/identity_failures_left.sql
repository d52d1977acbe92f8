CREATE OR REPLACE FUNCTION gongji.identity_failures_left(p_person bigint, p_day date) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT 10 - coalesce((SELECT f.failures FROM gongji.identity_failure f WHERE f.person = p_person AND f.day = p_day), 0)
$$;
COMMENT ON FUNCTION gongji.identity_failures_left(bigint, date) IS
    'Wrong names or ID numbers a grantor may still give today, of ten: a relative''s identity cannot be guessed by trying';
