CREATE OR REPLACE FUNCTION gongji.identity_failed(p_person bigint, p_day date) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.identity_failure AS f (person, day, failures)
    VALUES (p_person, p_day, 1)
    ON CONFLICT (person, day) DO UPDATE SET failures = f.failures + 1
$$;
COMMENT ON FUNCTION gongji.identity_failed(bigint, date) IS 'Counts a name and ID number that do not match; the refusal is an answer, so the count is committed with it';
