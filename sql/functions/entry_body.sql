CREATE OR REPLACE FUNCTION gongji.entry_body(p_entry gongji.ledger_entry, p_receipt_no text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'id', 'ent_' || p_entry.id,
        'at', gongji.rfc3339(p_entry.at),
        'kind', p_entry.kind,
        'amount_fen', p_entry.amount_fen,
        'bucket', p_entry.bucket,
        'balance_after_fen', p_entry.balance_after_fen,
        'payment_id', 'pay_' || p_entry.payment_id,
        'binding_id', 'bnd_' || p_entry.binding_id,
        'use', p_entry.use,
        'for_whom', p_entry.for_whom,
        'receipt_no', p_receipt_no))
$$;
COMMENT ON FUNCTION gongji.entry_body(gongji.ledger_entry, text) IS 'One usage record of a personal account as its holder sees it (S1-30, S1-31)';
