CREATE OR REPLACE FUNCTION api.policy_what_if(p_ctx jsonb, p_area text, p_from timestamptz, p_to timestamptz, p_changes jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_most CONSTANT integer := 20000;
    c_shown CONSTANT integer := 1000;
    v_payment gongji.payment;
    v_year integer;
    v_was jsonb;
    v_would jsonb;
    v_moved jsonb := '{}';
    v_draw record;
    v_old jsonb;
    v_replayed integer := 0;
    v_unlike integer := 0;
    v_different integer := 0;
    v_refused integer := 0;
    v_families bigint[] := '{}';
    v_own bigint := 0;
    v_aid bigint := 0;
    v_cash bigint := 0;
    v_fen bigint := 0;
    v_list jsonb[] := '{}';
BEGIN
    IF NOT EXISTS (SELECT FROM gongji.pooling_area WHERE code = p_area) THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN']);
    END IF;
    IF NOT gongji.staff_covers(p_ctx, p_area) THEN
        RETURN gongji.refuse(ARRAY['POLICY_NOT_FOUND']);
    END IF;
    IF p_from >= p_to THEN
        RETURN gongji.refuse(ARRAY['RANGE_INVALID']);
    END IF;
    FOR v_payment IN
        SELECT y.*
          FROM gongji.payment y
         WHERE y.status = 'succeeded' AND y.use = 'resident_premium' AND y.created_at >= p_from AND y.created_at < p_to
         ORDER BY y.created_at, y.id
         LIMIT c_most
    LOOP
        v_replayed := v_replayed + 1;
        v_was := gongji.premium_replay(v_payment, p_area, '{}', '{}');
        v_would := gongji.premium_replay(v_payment, p_area, p_changes, v_moved);
        IF (v_was -> 'payable_fen', v_was -> 'own_fen', v_was -> 'aid_fen', v_was -> 'starts_on')
           IS DISTINCT FROM (to_jsonb(v_payment.payable_fen), to_jsonb(v_payment.own_fen), to_jsonb(v_payment.aid_fen), v_payment.coverage -> 'starts_on') THEN
            v_unlike := v_unlike + 1;
        END IF;
        CONTINUE WHEN v_was = v_would;

        v_different := v_different + 1;
        v_families := v_families || v_payment.insured;
        IF v_would -> 'codes' <> '[]' THEN
            v_refused := v_refused + (v_was -> 'codes' = '[]')::integer;
            v_would := v_would || '{"own_fen": 0, "aid_fen": 0, "cash_fen": 0, "draws": []}';
        END IF;
        v_own := v_own + (v_would -> 'own_fen')::bigint - (v_was -> 'own_fen')::bigint;
        v_aid := v_aid + (v_would -> 'aid_fen')::bigint - (v_was -> 'aid_fen')::bigint;
        v_cash := v_cash + (v_would -> 'cash_fen')::bigint - (v_was -> 'cash_fen')::bigint;
        -- What was not drawn, or drawn beyond, stays with the accounts for the payments after this one.
        v_year := extract(year FROM gongji.date_cn(v_payment.created_at));
        FOR v_draw IN
            SELECT d.person, coalesce(sum(d.fen) FILTER (WHERE d.bucket = 'current_year'), 0) AS current_fen,
                   coalesce(sum(d.fen) FILTER (WHERE d.bucket = 'prior_year'), 0) AS prior_fen, greatest(0, sum(d.fen)) AS kept_fen
              FROM (SELECT w.person, w.bucket, w.amount_fen AS fen FROM jsonb_to_recordset(v_was -> 'draws') w (person bigint, bucket text, amount_fen bigint)
                    UNION ALL
                    SELECT w.person, w.bucket, -w.amount_fen FROM jsonb_to_recordset(v_would -> 'draws') w (person bigint, bucket text, amount_fen bigint)) d
             GROUP BY d.person
        LOOP
            v_old := coalesce(v_moved -> v_draw.person::text, '{}');
            v_fen := v_fen + v_draw.kept_fen;
            v_moved := v_moved || jsonb_build_object(v_draw.person, jsonb_build_object(
                'year', v_year,
                'current_fen', v_draw.current_fen + CASE WHEN (v_old ->> 'year')::integer = v_year THEN (v_old -> 'current_fen')::bigint ELSE 0 END,
                'prior_fen', v_draw.prior_fen + coalesce((v_old -> 'prior_fen')::bigint, 0)
                             + CASE WHEN (v_old ->> 'year')::integer < v_year THEN (v_old -> 'current_fen')::bigint ELSE 0 END));
        END LOOP;
        IF cardinality(v_list) < c_shown THEN
            v_list := v_list || jsonb_build_object('payment_id', 'pay_' || v_payment.id, 'before', v_was - 'draws', 'after', v_would - 'draws');
        END IF;
    END LOOP;
    RETURN gongji.ok(jsonb_build_object(
        'area', p_area, 'from', gongji.rfc3339(p_from), 'to', gongji.rfc3339(p_to),
        'changes', ARRAY(SELECT jsonb_object_keys(p_changes) ORDER BY 1),
        'replayed', v_replayed, 'truncated', v_replayed = c_most, 'not_reproduced', v_unlike,
        'differences', jsonb_build_object(
            'payments', v_different, 'families', (SELECT count(DISTINCT f) FROM unnest(v_families) f), 'refused', v_refused,
            'fen', v_fen, 'own_fen', v_own, 'aid_fen', v_aid, 'cash_fen', v_cash),
        'payments', v_list));
END
$$;
COMMENT ON FUNCTION api.policy_what_if(jsonb, text, timestamptz, timestamptz, jsonb) IS
    'POST /v1/policies/{area}/what-if: decides the premium payments of a period again, once by the rules as they were and once as changed, in order, so that what an account kept counts for the next; and tells what differs. Writes nothing. not_reproduced: payments for which the records no longer give what was paid';
REVOKE ALL ON FUNCTION api.policy_what_if(jsonb, text, timestamptz, timestamptz, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.policy_what_if(jsonb, text, timestamptz, timestamptz, jsonb) TO gongji_app;
