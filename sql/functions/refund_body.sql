CREATE OR REPLACE FUNCTION gongji.refund_body(p_refund gongji.refund) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object(
               'id', 'rfd_' || p_refund.id,
               'status', p_refund.status,
               'reason_code', p_refund.reason_code,
               'legs', p_refund.legs,
               'account_fen', p_refund.account_fen,
               'cash_fen', p_refund.cash_fen,
               'created_at', gongji.rfc3339(p_refund.created_at))
           || jsonb_strip_nulls(jsonb_build_object(
               'payment_id', 'pay_' || p_refund.payment_id,
               'reason', p_refund.reason,
               'cash', CASE WHEN p_refund.cash_fen > 0 THEN jsonb_build_object(
                   'channel', p_refund.cash_channel,
                   'transaction_id', p_refund.transaction_id,
                   'out_refund_no', p_refund.out_refund_no,
                   'channel_refund_no', p_refund.channel_refund_no,
                   'channel_status', p_refund.channel_status,
                   'attempts', p_refund.attempts,
                   'next_action', p_refund.next_action,
                   'next_action_at', gongji.rfc3339(p_refund.next_action_at)) END,
               'finished_at', gongji.rfc3339(p_refund.finished_at)))
$$;
COMMENT ON FUNCTION gongji.refund_body(gongji.refund) IS 'A refund as callers see it: what goes back to which account and bucket, and how its cash stands at the channel';
