CREATE OR REPLACE FUNCTION gongji.cash_into_suspense(p_cash gongji.cash_transaction, p_payment gongji.payment, p_now timestamptz) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO gongji.ledger_entry (person, account, kind, money_year, movement_id, amount_fen, at, effective_on, payment_id, insured, use, insured_area)
    SELECT p_cash.insured, s.account::gongji.ledger_account, 'cash', extract(year FROM gongji.date_cn(p_now)), p_cash.id, s.fen, p_now, gongji.date_cn(p_now),
           p_cash.payment_id, nullif(p_cash.insured, 0), p_payment.use, p_payment.area
      FROM (VALUES ('cash_suspense', p_cash.amount_fen), ('cash_clearing', -p_cash.amount_fen)) AS s (account, fen)
$$;
COMMENT ON FUNCTION gongji.cash_into_suspense(gongji.cash_transaction, gongji.payment, timestamptz) IS
    'Cash received that does not complete a payment: the books tell of it from the first moment, and until it went back';
