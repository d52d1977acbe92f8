-- What must never hold, one branch a rule: every row is a breach. Recomputed from the entries, nothing is taken on trust (F20).
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
    SELECT p.id AS payment, l ->> 'source' AS source, l ->> 'binding_id' AS binding_id, l ->> 'bucket' AS bucket, sum((l ->> 'amount_fen')::bigint) AS fen
      FROM gongji.payment p
     CROSS JOIN jsonb_array_elements(p.legs) l
     WHERE p.status IN ('succeeded', 'refunded') AND l ->> 'source' <> 'subsidy'
     GROUP BY 1, 2, 3, 4
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
    SELECT e.payment_id AS payment, sum(e.amount_fen) AS fen
      FROM gongji.ledger_entry e
     WHERE e.account = 'premium_fund'
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
UNION ALL -- nothing places holds, so any amount held is a breach
SELECT 'held_within_balance', gongji.person_label(a.person)
  FROM gongji.account a
 WHERE a.held_current_fen <> 0 OR a.held_prior_fen <> 0
UNION ALL -- account by account and bucket by bucket, what a payment tells is what the ledger took
SELECT DISTINCT 'payments_equal_entries', 'payment pay_' || coalesce(l.payment, d.payment)
  FROM (SELECT * FROM leg WHERE source <> 'cash') l
  FULL JOIN debit d ON d.payment = l.payment AND d.source = l.source
                   AND d.binding_id IS NOT DISTINCT FROM l.binding_id AND d.bucket IS NOT DISTINCT FROM l.bucket
 WHERE l.fen IS DISTINCT FROM d.fen
UNION ALL
SELECT 'payment_parts_equal_legs', 'payment pay_' || coalesce(p.id, f.payment)
  FROM (SELECT * FROM gongji.payment WHERE status IN ('succeeded', 'refunded')) p
  LEFT JOIN parts s ON s.payment = p.id
  FULL JOIN fund f ON f.payment = p.id
 WHERE (p.own_fen, p.aid_fen, p.cash_fen) IS DISTINCT FROM (coalesce(s.own_fen, 0), coalesce(s.aid_fen, 0), coalesce(s.cash_fen, 0))
    OR (p.benefit_year IS NOT NULL AND p.payable_fen - p.cash_fen IS DISTINCT FROM coalesce(f.fen, 0))
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
SELECT DISTINCT 'reversals_mirror_payments', 'payment pay_' || coalesce(g.payment, d.payment)
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
SELECT 'no_negative', gongji.person_label(a.person)
  FROM gongji.account a
 WHERE a.current_fen < 0 OR a.prior_fen < 0
UNION ALL
SELECT 'no_negative', gongji.person_label(e.person) || ' version ' || e.account_version
  FROM gongji.ledger_entry e
 WHERE e.balance_after_fen < 0;
COMMENT ON VIEW gongji.ledger_breach IS 'Every breach of the books there is, by rule and by the person, payment, binding or movement it is about (ids only); empty when all is well';
