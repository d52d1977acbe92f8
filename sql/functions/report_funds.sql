CREATE OR REPLACE FUNCTION api.report_funds(p_ctx jsonb, p_filter jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_area text := p_filter ->> 'area';
    v_result jsonb;
BEGIN
    IF NOT gongji.range_fits(p_filter) THEN
        RETURN gongji.refuse(ARRAY['RANGE_INVALID']);
    END IF;
    IF v_area IS NOT NULL AND NOT EXISTS (SELECT FROM gongji.pooling_area WHERE code = v_area) THEN
        RETURN gongji.refuse(ARRAY['AREA_UNKNOWN']);
    END IF;
    WITH line AS (
        SELECT e.use, e.grantor_area AS area,
               count(DISTINCT e.payment_id) AS payments,
               count(DISTINCT e.insured) AS insured,
               count(DISTINCT e.person) FILTER (WHERE e.binding_id IS NOT NULL) AS grantors,
               coalesce(-sum(e.amount_fen) FILTER (WHERE e.binding_id IS NULL), 0) AS own_fen,
               coalesce(-sum(e.amount_fen) FILTER (WHERE e.binding_id IS NOT NULL), 0) AS aid_fen
          FROM gongji.ledger_entry e
         WHERE e.account = 'personal'
           AND e.payment_id IS NOT NULL
           AND e.at >= coalesce((p_filter ->> 'from')::timestamptz, '-infinity')
           AND e.at < coalesce((p_filter ->> 'to')::timestamptz, 'infinity')
           AND (v_area IS NULL OR v_area IN ('000000', e.grantor_area, left(e.grantor_area, 2) || '0000'))
           AND gongji.staff_covers(p_ctx, e.grantor_area)
         GROUP BY e.use, e.grantor_area)
    SELECT jsonb_strip_nulls(jsonb_build_object('from', gongji.rfc3339((p_filter ->> 'from')::timestamptz), 'to', gongji.rfc3339((p_filter ->> 'to')::timestamptz), 'area', v_area))
           || jsonb_build_object(
               'lines', coalesce(jsonb_agg(jsonb_build_object(
                   'use', l.use, 'area', l.area, 'payments', l.payments, 'insured', l.insured, 'grantors', l.grantors,
                   'own_fen', l.own_fen, 'funds_activated_fen', l.aid_fen, 'cash_saved_fen', l.own_fen + l.aid_fen) ORDER BY l.use, l.area), '[]'),
               'totals', jsonb_build_object(
                   'own_fen', coalesce(sum(l.own_fen), 0), 'funds_activated_fen', coalesce(sum(l.aid_fen), 0),
                   'cash_saved_fen', coalesce(sum(l.own_fen + l.aid_fen), 0)))
      INTO v_result
      FROM line l;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.report_funds(jsonb, jsonb) IS
    'GET /v1/reports/funds (S0-44): by use and area of the account, what relatives'' accounts gave (funds activated) and what families did not have to pay in cash; by booking time, refunds taken off';
REVOKE ALL ON FUNCTION api.report_funds(jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.report_funds(jsonb, jsonb) TO gongji_app;
