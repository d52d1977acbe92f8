CREATE OR REPLACE FUNCTION gongji.refund_move(p_ctx jsonb, p_refund gongji.refund, p_channel_status text, p_channel_refund_no text, p_now timestamptz)
RETURNS gongji.refund
LANGUAGE plpgsql AS $$
DECLARE
    v_was CONSTANT text := p_refund.status;
BEGIN
    IF v_was = 'succeeded' THEN
        RETURN p_refund; -- told again
    END IF;
    p_refund.channel_status := p_channel_status;
    p_refund.channel_refund_no := coalesce(p_channel_refund_no, p_refund.channel_refund_no);
    p_refund.attempts := p_refund.attempts + 1;
    CASE p_channel_status
        WHEN 'SUCCESS' THEN
            p_refund.status := 'succeeded';
            p_refund.next_action := NULL;
            p_refund.next_action_at := NULL;
            p_refund.finished_at := p_now;
        WHEN 'CLOSED' THEN -- the number is used up; only now a new one cannot pay twice
            p_refund.status := 'processing';
            p_refund.out_refund_no := concat(replace(p_refund.id::text, '-', ''), '-', coalesce(nullif(split_part(p_refund.out_refund_no, '-', 2), '')::integer, 1) + 1);
            p_refund.channel_refund_no := NULL;
            p_refund.attempts := 0;
            p_refund.next_action := 'request';
            p_refund.next_action_at := p_now;
        WHEN 'ABNORMAL' THEN -- not final: the payer's card is closed or the like, somebody has to agree on another way
            p_refund.status := 'failed';
            p_refund.next_action := 'intervene';
            p_refund.next_action_at := p_now;
        ELSE -- PROCESSING
            p_refund.status := 'processing';
            p_refund.next_action := 'query';
            p_refund.next_action_at := p_now + gongji.refund_retry(p_refund.attempts);
    END CASE;
    UPDATE gongji.refund
       SET status = p_refund.status,
           channel_status = p_refund.channel_status,
           channel_refund_no = p_refund.channel_refund_no,
           out_refund_no = p_refund.out_refund_no,
           attempts = p_refund.attempts,
           next_action = p_refund.next_action,
           next_action_at = p_refund.next_action_at,
           finished_at = p_refund.finished_at
     WHERE id = p_refund.id AND insured = p_refund.insured;
    PERFORM gongji.payment_note(p_ctx, p_refund.insured, p_refund.id, lower(p_channel_status), p_refund.status, p_now, NULL,
                                jsonb_strip_nulls(jsonb_build_object('out_refund_no', p_refund.out_refund_no, 'channel_refund_no', p_refund.channel_refund_no)));
    IF p_refund.status <> v_was THEN
        PERFORM gongji.emit(p_now, 'refund.' || p_refund.status, p_refund.insured, jsonb_build_object('refund_id', 'rfd_' || p_refund.id));
    END IF;
    IF p_refund.status = 'succeeded' THEN
        PERFORM gongji.refund_finish(p_ctx, p_refund, p_now);
    END IF;
    RETURN p_refund;
END
$$;
COMMENT ON FUNCTION gongji.refund_move(jsonb, gongji.refund, text, text, timestamptz) IS
    'The state machine of a refund''s cash (F6): PROCESSING waits and asks again, SUCCESS ends it, CLOSED starts anew under a new number, ABNORMAL wants a person and may still succeed';
