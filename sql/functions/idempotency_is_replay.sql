CREATE OR REPLACE FUNCTION gongji.idempotency_is_replay(p_batch gongji.idempotency_batch, p_n bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_batch.keys[p_n] <> ALL (p_batch.won) OR p_batch.first[p_n] <> p_n
$$;
COMMENT ON FUNCTION gongji.idempotency_is_replay(gongji.idempotency_batch, bigint) IS 'Whether item n is not ours to decide: its key was used before, or by an earlier item of the batch';
