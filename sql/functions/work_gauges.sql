-- repeatable: a read
CREATE OR REPLACE FUNCTION api.work_gauges(p_ctx jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_most CONSTANT integer := 1000; -- beyond that the number no longer matters, and counting would cost; the instants lead the partial indexes
BEGIN
    RETURN gongji.ok(jsonb_build_object(
        'payments_awaiting_cash', (SELECT count(*) FROM (SELECT FROM gongji.payment p WHERE p.status = 'awaiting_cash' AND p.cash_expires_at > '-infinity' LIMIT c_most) c),
        'payments_in_review', (SELECT count(*) FROM (SELECT FROM gongji.payment p WHERE p.status = 'manual_review' AND p.created_at > '-infinity' LIMIT c_most) c),
        'refunds_processing', (SELECT count(*) FROM (SELECT FROM gongji.refund r WHERE r.status = 'processing' LIMIT c_most) c),
        'refunds_failed', (SELECT count(*) FROM (SELECT FROM gongji.refund r WHERE r.status = 'failed' LIMIT c_most) c),
        'cash_unknown', (SELECT count(*) FROM (SELECT FROM gongji.cash_transaction t WHERE t.payment_id IS NULL AND t.state = 'manual_review' AND t.received_at > '-infinity' LIMIT c_most) c)));
END
$$;
COMMENT ON FUNCTION api.work_gauges(jsonb) IS 'What the sweeper shows at /metrics: how much of cash and refunds is not done, of each kind at most a thousand';
REVOKE ALL ON FUNCTION api.work_gauges(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.work_gauges(jsonb) TO gongji_app;
