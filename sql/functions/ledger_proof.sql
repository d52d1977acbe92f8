-- STABLE: every rule is proved against the one snapshot of the calling statement, also while payments run.
CREATE OR REPLACE FUNCTION api.ledger_proof(p_ctx jsonb) RETURNS gongji.outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = gongji, pg_catalog, pg_temp AS $$
DECLARE
    c_shown CONSTANT integer := 10;
    v_result jsonb;
BEGIN
    SELECT jsonb_build_object(
               'ok', bool_and(c.breaches = 0),
               'checks', jsonb_agg(jsonb_build_object(
                   'name', c.name,
                   'ok', c.breaches = 0,
                   'detail', CASE WHEN c.breaches = 0 THEN c.says ELSE concat(c.breaches, ' broken: ', c.first_ones) END) ORDER BY c.n))
      INTO v_result
      FROM (SELECT r.n, r.name, r.says, count(b.subject) AS breaches,
                   array_to_string((array_agg(b.subject ORDER BY b.subject))[1:c_shown], ', ') AS first_ones
              FROM (VALUES
                    (1, 'movements_sum_to_zero',        'the legs of every movement sum to zero'),
                    (2, 'account_equals_entries',       'every bucket is the sum of its entries'),
                    (3, 'entry_versions_without_gap',   'the entries of every account are numbered without a gap'),
                    (4, 'balance_after_is_running_sum', 'every entry tells the balance after it'),
                    (5, 'held_equals_holds',            'what is held of every bucket is the sum of its standing holds'),
                    (6, 'holds_equal_legs',             'payments that wait hold what their legs say, others hold nothing'),
                    (7, 'payments_equal_entries',       'every leg of a payment was taken from its account and bucket'),
                    (8, 'payment_parts_equal_legs',     'own, aid and cash are the sums of the legs, and make the whole'),
                    (9, 'fund_equals_payments',         'the fund got the whole of every payment, out of accounts and cash'),
                    (10, 'refunds_mirror_payments',     'every refund gave back to each source what it had given'),
                    (11, 'suspense_equals_open_cash',   'cash in suspense is what waits for a decision or to go back'),
                    (12, 'clearing_equals_channels',    'the channels hold what they told us of, less what they gave back'),
                    (13, 'contributions_equal_entries', 'every contribution was entered once'),
                    (14, 'closures_equal_entries',      'every closed account was paid out as recorded'),
                    (15, 'binding_mirror_complete',     'every binding is found from both sides'),
                    (16, 'person_keys_complete',        'every person has a number, an identity and an account, every payment a person'),
                    (17, 'no_negative',                 'no balance is or was below zero'),
                    (18, 'settlements_equal_entries',   'institutions got what medical payments say, and gave back those they reversed'),
                    (19, 'reversals_mirror_payments',   'a reversal gave each account what it had given')) AS r (n, name, says)
              LEFT JOIN gongji.ledger_breach b ON b.rule = r.name
             GROUP BY r.n, r.name, r.says) c;
    RETURN gongji.ok(v_result);
END
$$;
COMMENT ON FUNCTION api.ledger_proof(jsonb) IS 'Proves the books from the entries up (F20): each rule, whether it holds, and the first of what breaks it, by id';
REVOKE ALL ON FUNCTION api.ledger_proof(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.ledger_proof(jsonb) TO gongji_app;
