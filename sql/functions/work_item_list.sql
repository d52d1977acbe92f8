CREATE OR REPLACE FUNCTION api.work_item_list(p_ctx jsonb, p_filter jsonb, p_after jsonb, p_limit integer) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := gongji.now_cn();
    v_at timestamptz := coalesce((p_after ->> 'at')::timestamptz, '-infinity');
    v_id uuid := coalesce((p_after ->> 'id')::uuid, '00000000-0000-0000-0000-000000000000');
    v_result jsonb;
BEGIN
    WITH item AS (
        (SELECT p.created_at AS at, p.id, jsonb_build_object(
                    'kind', 'payment', 'id', 'pay_' || p.id, 'status', p.status, 'next_action', 'resolve', 'due_at', gongji.rfc3339(p.created_at),
                    'payment_id', 'pay_' || p.id, 'amount_fen', p.payable_fen) AS body
           FROM gongji.payment p
          WHERE p.status = 'manual_review' AND (p.created_at, p.id) > (v_at, v_id) AND gongji.person_covered(p_ctx, p.insured)
          ORDER BY p.created_at, p.id
          LIMIT p_limit + 1)
         UNION ALL -- the sweeper is late: no server runs, or somebody holds the accounts
        (SELECT p.cash_expires_at, p.id, jsonb_build_object(
                    'kind', 'payment', 'id', 'pay_' || p.id, 'status', p.status, 'next_action', 'wait_for_release', 'due_at', gongji.rfc3339(p.cash_expires_at),
                    'payment_id', 'pay_' || p.id, 'amount_fen', p.payable_fen)
           FROM gongji.payment p
          WHERE p.status = 'awaiting_cash' AND p.cash_expires_at <= v_now - interval '1 minute' AND (p.cash_expires_at, p.id) > (v_at, v_id)
            AND gongji.person_covered(p_ctx, p.insured)
          ORDER BY p.cash_expires_at, p.id
          LIMIT p_limit + 1)
         UNION ALL
        (SELECT r.next_action_at, r.id, jsonb_strip_nulls(jsonb_build_object(
                    'kind', 'refund', 'id', 'rfd_' || r.id, 'status', r.status, 'next_action', r.next_action, 'due_at', gongji.rfc3339(r.next_action_at),
                    'payment_id', 'pay_' || r.payment_id, 'amount_fen', r.cash_fen, 'channel', r.cash_channel))
           FROM gongji.refund r
          WHERE r.status <> 'succeeded' AND (r.next_action_at, r.id) > (v_at, v_id) AND gongji.refund_seen(p_ctx, r)
          ORDER BY r.next_action_at, r.id
          LIMIT p_limit + 1)
         UNION ALL
        (SELECT c.received_at, c.id, jsonb_build_object(
                    'kind', 'cash', 'id', 'csh_' || c.id, 'status', 'unknown_order', 'next_action', 'refund', 'due_at', gongji.rfc3339(c.received_at),
                    'amount_fen', c.amount_fen, 'channel', c.channel, 'out_trade_no', c.out_trade_no, 'transaction_id', c.transaction_id)
           FROM gongji.cash_transaction c
          WHERE c.payment_id IS NULL AND c.state = 'manual_review' AND (c.received_at, c.id) > (v_at, v_id) AND gongji.staff_covers(p_ctx, '*')
          ORDER BY c.received_at, c.id
          LIMIT p_limit + 1)
    ), page AS (
        SELECT i.*, row_number() OVER (ORDER BY i.at, i.id) AS n
          FROM item i
         ORDER BY i.at, i.id
         LIMIT p_limit + 1
    )
    SELECT jsonb_build_object(
               'data', coalesce(jsonb_agg(g.body ORDER BY g.n) FILTER (WHERE g.n <= p_limit), '[]'),
               'next', CASE WHEN count(*) > p_limit THEN jsonb_agg(jsonb_build_object('at', gongji.rfc3339(g.at), 'id', g.id)) FILTER (WHERE g.n = p_limit) -> 0 END)
      INTO v_result
      FROM page g;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.work_item_list(jsonb, jsonb, jsonb, integer) IS
    'GET /v1/work-items: payments and refunds that do not go on by themselves, with what to do next, by the time it is due';
REVOKE ALL ON FUNCTION api.work_item_list(jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.work_item_list(jsonb, jsonb, jsonb, integer) TO gongji_app;
