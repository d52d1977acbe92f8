CREATE OR REPLACE FUNCTION gongji.refund_retry(p_attempts integer) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT make_interval(mins => coalesce((ARRAY[1, 1, 1, 1, 1, 5, 10, 20])[p_attempts], 30))
$$;
COMMENT ON FUNCTION gongji.refund_retry(integer) IS 'How long to wait before asking a channel for the n-th time how a refund stands, as WeChat Pay advises: each minute for five, then 5, 10, 20, 30';
