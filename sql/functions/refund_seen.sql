CREATE OR REPLACE FUNCTION gongji.refund_seen(p_ctx jsonb, p_refund gongji.refund) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(CASE p_ctx ->> 'scope'
        WHEN 'refund' THEN CASE WHEN p_refund.insured = 0 THEN gongji.staff_covers(p_ctx, '*') ELSE gongji.person_covered(p_ctx, p_refund.insured) END
        WHEN 'cash' THEN p_ctx -> 'cash_channels' ? p_refund.cash_channel
        ELSE gongji.person_of(p_ctx ->> 'sub') IN (SELECT y.payer FROM gongji.payment y WHERE y.id = p_refund.payment_id AND y.insured = p_refund.insured
                                                   UNION ALL SELECT p_refund.insured)
    END, false)
$$;
COMMENT ON FUNCTION gongji.refund_seen(jsonb, gongji.refund) IS
    'Whether a refund concerns a caller: staff of the insured''s area (of all areas when nobody''s order was paid), backends of its cash channel, payer and insured';
