-- What must never hold, one branch a rule: every row is a breach. Recomputed from the entries, nothing is taken on trust (F20).
-- Accounts and kinds are compared as text: a value that a migration has just added may not be used before it is committed.
CREATE OR REPLACE VIEW gongji.ledger_breach (rule, subject) AS
WITH personal AS (
    SELECT e.person,
           sum(e.amount_fen) FILTER (WHERE e.bucket = 'current_year') AS current_fen,
           sum(e.amount_fen) FILTER (WHERE e.bucket = 'prior_year') AS prior_fen,
           count(*) AS entries,
           min(e.account_version) AS first_version,
           max(e.account_version) AS last_version
      FROM gongji.ledger_entry e
     WHERE e.account = 'personal'
     GROUP BY e.person
), leg AS (
    SELECT p.id AS payment, p.status, l ->> 'source' AS source, l ->> 'binding_id' AS binding_id, l ->> 'bucket' AS bucket, sum((l ->> 'amount_fen')::bigint) AS fen
      FROM gongji.payment p
     CROSS JOIN jsonb_array_elements(p.legs) l
     WHERE l ->> 'source' <> 'subsidy'
     GROUP BY 1, 2, 3, 4, 5
), debit AS (
    SELECT e.payment_id AS payment, CASE WHEN e.binding_id IS NULL THEN 'own' ELSE 'aid' END AS source, 'bnd_' || e.binding_id AS binding_id,
           e.bucket::text AS bucket, -sum(e.amount_fen) AS fen
      FROM gongji.ledger_entry e
     WHERE e.account = 'personal' AND e.kind IN ('premium', 'medical')
     GROUP BY 1, 2, 3, 4
), parts AS (
    SELECT l.payment,
           coalesce(sum(l.fen) FILTER (WHERE l.source = 'own'), 0) AS own_fen,
           coalesce(sum(l.fen) FILTER (WHERE l.source = 'aid'), 0) AS aid_fen,
           coalesce(sum(l.fen) FILTER (WHERE l.source = 'cash'), 0) AS cash_fen
      FROM leg l
     GROUP BY l.payment
), fund AS (
    SELECT e.payment_id AS payment,
           coalesce(sum(e.amount_fen) FILTER (WHERE e.account = 'premium_fund'), 0) AS fund_fen,
           coalesce(-sum(e.amount_fen) FILTER (WHERE e.account::text IN ('cash_clearing', 'cash_suspense', 'cash_difference')), 0) AS cash_fen
      FROM gongji.ledger_entry e
     WHERE e.kind = 'premium' AND e.account <> 'personal'
     GROUP BY e.payment_id
), settled AS ( -- what institutions got out of accounts, and gave back
    SELECT e.payment_id AS payment,
           sum(e.amount_fen) FILTER (WHERE e.kind = 'medical') AS taken_fen,
           coalesce(-sum(e.amount_fen) FILTER (WHERE e.kind = 'medical_reversal'), 0) AS returned_fen
      FROM gongji.ledger_entry e
     WHERE e.account = 'medical_clearing'
     GROUP BY e.payment_id
), given_back AS (
    SELECT e.payment_id AS payment, CASE WHEN e.binding_id IS NULL THEN 'own' ELSE 'aid' END AS source, 'bnd_' || e.binding_id AS binding_id, sum(e.amount_fen) AS fen
      FROM gongji.ledger_entry e
     WHERE e.account = 'personal' AND e.kind = 'medical_reversal'
     GROUP BY 1, 2, 3
), taken AS ( -- premiums whose money was taken, given back since or not
    SELECT p.*
      FROM gongji.payment p
     WHERE p.status IN ('succeeded', 'refunding', 'refunded') AND p.benefit_year IS NOT NULL
), held AS (
    SELECT h.person,
           sum(h.amount_fen) FILTER (WHERE h.money_year >= a.current_year) AS current_fen,
           sum(h.amount_fen) FILTER (WHERE h.money_year < a.current_year) AS prior_fen
      FROM gongji.hold h
      JOIN gongji.account a ON a.person = h.person
     WHERE h.state = 'held'
     GROUP BY h.person
), hold_leg AS (
    SELECT h.payment_id AS payment, h.state, CASE WHEN h.binding_id IS NULL THEN 'own' ELSE 'aid' END AS source, 'bnd_' || h.binding_id AS binding_id,
           h.bucket::text AS bucket, sum(h.amount_fen) AS fen
      FROM gongji.hold h
     GROUP BY 1, 2, 3, 4, 5
), refund_leg AS (
    SELECT r.payment_id AS payment, l ->> 'source' AS source, l ->> 'binding_id' AS binding_id, sum((l ->> 'amount_fen')::bigint) AS fen
      FROM gongji.refund r
     CROSS JOIN jsonb_array_elements(r.legs) l
     WHERE r.whole AND l ->> 'source' <> 'cash'
     GROUP BY 1, 2, 3
), credit AS (
    SELECT e.payment_id AS payment, CASE WHEN e.binding_id IS NULL THEN 'own' ELSE 'aid' END AS source, 'bnd_' || e.binding_id AS binding_id, sum(e.amount_fen) AS fen
      FROM gongji.ledger_entry e
     WHERE e.account = 'personal' AND e.kind::text = 'refund'
     GROUP BY 1, 2, 3
), nobody AS ( -- stands for the payment where cash came for an order that is none of ours
    SELECT '00000000-0000-0000-0000-000000000000'::uuid AS nobody
), open_cash AS ( -- cash here that has to be decided about or to go back
    SELECT coalesce(o.payment, n.nobody) AS payment, sum(o.fen) AS fen
      FROM nobody n
     CROSS JOIN (SELECT c.payment_id AS payment, c.amount_fen AS fen FROM gongji.cash_transaction c WHERE c.state = 'manual_review'
             UNION ALL
            SELECT r.payment_id, r.cash_fen FROM gongji.refund r WHERE r.status <> 'succeeded') o
     GROUP BY 1
), suspense AS (
    SELECT coalesce(e.payment_id, n.nobody) AS payment, sum(e.amount_fen) AS fen
      FROM nobody n
     CROSS JOIN gongji.ledger_entry e
     WHERE e.account::text = 'cash_suspense'
     GROUP BY 1
), at_channels AS ( -- cash the channels hold for us: what they took in less what they gave back
    SELECT coalesce(o.payment, n.nobody) AS payment, sum(o.fen) AS fen
      FROM nobody n
     CROSS JOIN (SELECT c.payment_id AS payment, c.amount_fen AS fen FROM gongji.cash_transaction c
             UNION ALL
            SELECT r.payment_id, -r.cash_fen FROM gongji.refund r WHERE r.status = 'succeeded') o
     GROUP BY 1
), clearing AS (
    SELECT coalesce(e.payment_id, n.nobody) AS payment, -sum(e.amount_fen) AS fen
      FROM nobody n
     CROSS JOIN gongji.ledger_entry e
     WHERE e.account = 'cash_clearing'
     GROUP BY 1
), running AS (
    SELECT e.person, e.account_version, e.balance_after_fen,
           sum(e.amount_fen) OVER (PARTITION BY e.person ORDER BY e.account_version) AS sum_fen
      FROM gongji.ledger_entry e
     WHERE e.account = 'personal'
)
SELECT 'movements_sum_to_zero', 'movement ' || e.movement_id
  FROM gongji.ledger_entry e
 GROUP BY e.movement_id
HAVING sum(e.amount_fen) <> 0
UNION ALL
SELECT 'account_equals_entries', gongji.person_label(coalesce(a.person, l.person))
  FROM gongji.account a
  FULL JOIN personal l ON l.person = a.person
 WHERE a.current_fen IS DISTINCT FROM coalesce(l.current_fen, 0) OR a.prior_fen IS DISTINCT FROM coalesce(l.prior_fen, 0)
UNION ALL
SELECT 'entry_versions_without_gap', gongji.person_label(coalesce(a.person, l.person))
  FROM gongji.account a
  FULL JOIN personal l ON l.person = a.person
 WHERE a.version IS DISTINCT FROM coalesce(l.entries, 0) OR l.last_version <> l.entries OR l.first_version <> 1
UNION ALL
SELECT 'balance_after_is_running_sum', gongji.person_label(r.person) || ' version ' || r.account_version
  FROM running r
 WHERE r.balance_after_fen IS DISTINCT FROM r.sum_fen
UNION ALL
SELECT 'held_equals_holds', gongji.person_label(coalesce(a.person, h.person))
  FROM gongji.account a
  FULL JOIN held h ON h.person = a.person
 WHERE a.held_current_fen IS DISTINCT FROM coalesce(h.current_fen, 0) OR a.held_prior_fen IS DISTINCT FROM coalesce(h.prior_fen, 0)
UNION ALL -- a payment that waits holds what its legs say, one that ended holds nothing
SELECT 'holds_equal_legs', concat_ws(' ', 'payment', 'pay_' || coalesce(l.payment, h.payment), coalesce(l.binding_id, h.binding_id, 'own'), coalesce(l.bucket, h.bucket))
  FROM (SELECT * FROM leg WHERE source <> 'cash' AND status IN ('awaiting_cash', 'manual_review')) l
  FULL JOIN (SELECT * FROM hold_leg WHERE state = 'held') h ON h.payment = l.payment AND h.source = l.source
                   AND h.binding_id IS NOT DISTINCT FROM l.binding_id AND h.bucket IS NOT DISTINCT FROM l.bucket
 WHERE l.fen IS DISTINCT FROM h.fen
UNION ALL -- account by account and bucket by bucket, what a payment tells is what the ledger took
SELECT 'payments_equal_entries', concat_ws(' ', 'payment', 'pay_' || coalesce(l.payment, d.payment), coalesce(l.binding_id, d.binding_id, 'own'), coalesce(l.bucket, d.bucket))
  FROM (SELECT * FROM leg WHERE source <> 'cash' AND status IN ('succeeded', 'refunding', 'refunded')) l
  FULL JOIN debit d ON d.payment = l.payment AND d.source = l.source
                   AND d.binding_id IS NOT DISTINCT FROM l.binding_id AND d.bucket IS NOT DISTINCT FROM l.bucket
 WHERE l.fen IS DISTINCT FROM d.fen
UNION ALL
SELECT 'payment_parts_equal_legs', 'payment pay_' || p.id
  FROM gongji.payment p
  LEFT JOIN parts s ON s.payment = p.id
 WHERE (p.own_fen, p.aid_fen, p.cash_fen) IS DISTINCT FROM (coalesce(s.own_fen, 0), coalesce(s.aid_fen, 0), coalesce(s.cash_fen, 0))
    OR p.payable_fen IS DISTINCT FROM p.own_fen + p.aid_fen + p.cash_fen
UNION ALL
SELECT 'fund_equals_payments', 'payment pay_' || coalesce(p.id, f.payment)
  FROM taken p
  FULL JOIN fund f ON f.payment = p.id
 WHERE (p.payable_fen, p.cash_fen) IS DISTINCT FROM (coalesce(f.fund_fen, 0), coalesce(f.cash_fen, 0))
UNION ALL -- what a refund gave back is, source by source, what the payment took
SELECT DISTINCT 'refunds_mirror_payments', concat_ws(' ', 'payment', 'pay_' || coalesce(l.payment, c.payment, d.payment), coalesce(l.binding_id, c.binding_id, d.binding_id, 'own'))
  FROM refund_leg l
  FULL JOIN credit c ON c.payment = l.payment AND c.source = l.source AND c.binding_id IS NOT DISTINCT FROM l.binding_id
  FULL JOIN (SELECT x.payment, x.source, x.binding_id, sum(x.fen) AS fen
               FROM debit x
               JOIN gongji.payment p ON p.id = x.payment AND p.status IN ('refunding', 'refunded') AND p.benefit_year IS NOT NULL
              GROUP BY 1, 2, 3) d ON d.payment = l.payment AND d.source = l.source AND d.binding_id IS NOT DISTINCT FROM l.binding_id
 WHERE l.fen IS DISTINCT FROM c.fen OR l.fen IS DISTINCT FROM d.fen
UNION ALL
SELECT 'refunds_mirror_payments', 'payment pay_' || coalesce(p.id, r.payment_id)
  FROM (SELECT * FROM gongji.payment WHERE status IN ('refunding', 'refunded') AND benefit_year IS NOT NULL) p
  FULL JOIN (SELECT * FROM gongji.refund WHERE whole) r ON r.payment_id = p.id
 WHERE p.id IS NULL OR r.id IS NULL OR (p.status = 'refunded') <> (r.status = 'succeeded')
UNION ALL
SELECT 'suspense_equals_open_cash', 'payment pay_' || coalesce(o.payment, s.payment)
  FROM open_cash o
  FULL JOIN suspense s ON s.payment = o.payment
 WHERE coalesce(o.fen, 0) <> coalesce(s.fen, 0)
UNION ALL
SELECT 'clearing_equals_channels', 'payment pay_' || coalesce(o.payment, c.payment)
  FROM at_channels o
  FULL JOIN clearing c ON c.payment = o.payment
 WHERE coalesce(o.fen, 0) <> coalesce(c.fen, 0)
UNION ALL
SELECT 'settlements_equal_entries', 'payment pay_' || coalesce(p.id, e.payment, s.payment_id)
  FROM (SELECT * FROM gongji.payment WHERE benefit_year IS NULL) p
  FULL JOIN settled e ON e.payment = p.id
  FULL JOIN gongji.medical_settlement s ON s.payment_id = coalesce(p.id, e.payment)
 WHERE p.id IS NULL OR s.payment_id IS NULL
    OR p.payable_fen - p.cash_fen <> coalesce(e.taken_fen, 0)
    OR p.payable_fen <> (SELECT sum(gongji.medical_payable_fen(i.item)) FROM jsonb_array_elements(s.items) AS i (item))
    OR (p.status = 'refunded') <> (s.reversed_at IS NOT NULL)
    OR coalesce(e.returned_fen, 0) <> CASE p.status WHEN 'refunded' THEN coalesce(e.taken_fen, 0) ELSE 0 END
    OR NOT EXISTS (SELECT FROM gongji.settlement_key k WHERE k.payment_id = p.id AND k.key = md5(s.institution || E'\n' || s.settlement_no)::uuid)
UNION ALL -- each account got back what it had given
SELECT 'reversals_mirror_payments', concat_ws(' ', 'payment', 'pay_' || coalesce(g.payment, d.payment), coalesce(g.binding_id, d.binding_id, 'own'))
  FROM given_back g
  FULL JOIN (SELECT x.payment, x.source, x.binding_id, sum(x.fen) AS fen
               FROM debit x
               JOIN gongji.payment p ON p.id = x.payment AND p.status = 'refunded' AND p.benefit_year IS NULL
              GROUP BY 1, 2, 3) d ON d.payment = g.payment AND d.source = g.source AND d.binding_id IS NOT DISTINCT FROM g.binding_id
 WHERE g.fen IS DISTINCT FROM d.fen
UNION ALL
SELECT 'contributions_equal_entries', gongji.person_label(coalesce(c.person, e.person)) || ' movement ' || coalesce(c.movement_id, e.movement_id)
  FROM gongji.contribution c
  FULL JOIN (SELECT person, movement_id, sum(amount_fen) AS fen
               FROM gongji.ledger_entry
              WHERE account = 'personal' AND kind = 'contribution'
              GROUP BY person, movement_id) e ON e.person = c.person AND e.movement_id = c.movement_id
 WHERE c.amount_fen IS DISTINCT FROM e.fen
UNION ALL
SELECT 'closures_equal_entries', gongji.person_label(coalesce(c.person, e.person)) || ' movement ' || coalesce(c.id, e.movement_id)
  FROM gongji.account_closure c
  FULL JOIN (SELECT person, movement_id, -sum(amount_fen) AS fen
               FROM gongji.ledger_entry
              WHERE account = 'personal' AND kind::text = 'closure'
              GROUP BY person, movement_id) e ON e.person = c.person AND e.movement_id = c.id
 WHERE c.amount_fen <> coalesce(e.fen, 0) OR c.id IS NULL
UNION ALL
SELECT 'binding_mirror_complete', 'binding bnd_' || coalesce(b.id, m.id)
  FROM gongji.binding b
  FULL JOIN gongji.binding_by_grantor m ON m.id = b.id AND m.grantor = b.grantor AND m.beneficiary = b.beneficiary
 WHERE b.id IS NULL OR m.id IS NULL
UNION ALL
SELECT 'person_keys_complete', 'person ' || coalesce(p.person_no, k.person_no)
  FROM gongji.person p
  FULL JOIN gongji.person_no_key k ON k.person = p.id AND k.person_no = p.person_no
 WHERE p.id IS NULL OR k.person IS NULL
    OR NOT EXISTS (SELECT FROM gongji.person_identity i WHERE i.person = p.id)
    OR NOT EXISTS (SELECT FROM gongji.account a WHERE a.person = p.id)
UNION ALL
SELECT 'person_keys_complete', 'payment pay_' || y.id
  FROM gongji.payment y
 WHERE NOT EXISTS (SELECT FROM gongji.person p WHERE p.id = y.insured)
UNION ALL
SELECT 'no_negative', gongji.person_label(a.person)
  FROM gongji.account a
 WHERE a.current_fen < 0 OR a.prior_fen < 0
UNION ALL
SELECT 'no_negative', gongji.person_label(e.person) || ' version ' || e.account_version
  FROM gongji.ledger_entry e
 WHERE e.balance_after_fen < 0;
COMMENT ON VIEW gongji.ledger_breach IS 'Every breach of the books there is, by rule and by the person, binding, movement or payment it is about, of a payment the account where one differs (own, or through which binding); ids only; empty when all is well';
