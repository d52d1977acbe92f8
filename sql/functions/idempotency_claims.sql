CREATE OR REPLACE FUNCTION gongji.idempotency_claims(p_ctx jsonb[]) RETURNS gongji.idempotency_batch
LANGUAGE plpgsql AS $$
DECLARE
    v_batch gongji.idempotency_batch;
BEGIN
    SELECT array_agg((c.ctx ->> 'key')::uuid ORDER BY c.n) INTO v_batch.keys
      FROM unnest(p_ctx) WITH ORDINALITY AS c (ctx, n);
    SELECT array_agg(array_position(v_batch.keys, k.key) ORDER BY k.n) INTO v_batch.first
      FROM unnest(v_batch.keys) WITH ORDINALITY AS k (key, n);
    WITH won AS (
        INSERT INTO gongji.idempotency_key (key, request, at)
        SELECT k.key, p_ctx[array_position(v_batch.keys, k.key)] ->> 'request', gongji.now_cn()
          FROM (SELECT DISTINCT u.key FROM unnest(v_batch.keys) u (key)) k
         ORDER BY k.key
            ON CONFLICT DO NOTHING
        RETURNING key)
    SELECT coalesce(array_agg(won.key), '{}') INTO v_batch.won
      FROM won;
    SELECT coalesce(array_agg(k), '{}') INTO v_batch.stored
      FROM gongji.idempotency_key k
     WHERE k.key = ANY ((SELECT v_batch.keys)::uuid[]) AND k.key <> ALL (v_batch.won);
    RETURN v_batch;
END
$$;
COMMENT ON FUNCTION gongji.idempotency_claims(jsonb[]) IS
    'First step of a batch of keyed writes: claims their keys in key order; a request in flight elsewhere under one of them is waited for. An item is ours when its key was won and it is the first with it';
