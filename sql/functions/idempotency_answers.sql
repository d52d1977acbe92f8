CREATE OR REPLACE FUNCTION gongji.idempotency_answers(p_ctx jsonb[], p_batch gongji.idempotency_batch, p_decisions gongji.premium_decision[], p_now timestamptz)
RETURNS gongji.outcome[]
LANGUAGE plpgsql AS $$
DECLARE
    v_answers gongji.outcome[] := '{}';
    v_answer gongji.outcome;
    v_decision gongji.premium_decision;
    v_first gongji.idempotency_key;
BEGIN
    FOR n IN 1 .. cardinality(p_batch.keys) LOOP
        IF gongji.idempotency_is_replay(p_batch, n) THEN
            v_answer := v_answers[p_batch.first[n]];
            v_first := (p_batch.keys[n], p_ctx[p_batch.first[n]] ->> 'request', v_answer.code, v_answer.codes, v_answer.result, p_now)::gongji.idempotency_key;
            FOR s IN 1 .. cardinality(p_batch.stored) LOOP
                IF (p_batch.stored[s]).key = p_batch.keys[n] THEN
                    v_first := p_batch.stored[s];
                END IF;
            END LOOP;
            v_answer := CASE WHEN gongji.code_is_stored(v_first.code) THEN gongji.idempotency_answer(p_ctx[n] ->> 'request', v_first)
                             ELSE ('again', NULL, NULL, false)::gongji.outcome END; -- nothing was kept under the key: it is free again
        ELSE
            v_decision := p_decisions[n];
            v_answer := (v_decision.code, v_decision.codes, v_decision.body, false)::gongji.outcome;
        END IF;
        v_answers := v_answers || v_answer;
    END LOOP;

    -- Keep the answers beside their effect; free the keys of those that are not replayed.
    UPDATE gongji.idempotency_key k
       SET code = a.code, codes = a.codes, result = a.result
      FROM unnest((SELECT v_answers)) WITH ORDINALITY AS a (code, codes, result, replayed, n)
     WHERE k.key = p_batch.keys[a.n] AND p_batch.first[a.n] = a.n AND k.key = ANY ((SELECT p_batch.won)::uuid[]) AND gongji.code_is_stored(a.code);
    IF EXISTS (SELECT FROM unnest(v_answers) a WHERE NOT gongji.code_is_stored(a.code)) THEN
        DELETE FROM gongji.idempotency_key k
         USING unnest(v_answers) WITH ORDINALITY AS a (code, codes, result, replayed, n)
         WHERE k.key = p_batch.keys[a.n] AND p_batch.first[a.n] = a.n AND k.key = ANY (p_batch.won) AND NOT gongji.code_is_stored(a.code);
    END IF;
    RETURN v_answers;
END
$$;
COMMENT ON FUNCTION gongji.idempotency_answers(jsonb[], gongji.idempotency_batch, gongji.premium_decision[], timestamptz) IS
    'Last step of a batch of keyed writes: of each item the decision, or what was answered before under its key; the new answers are kept';
