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
     WHERE p.status = 'succeeded' AND l ->> 'source' <> 'subsidy'
     GROUP BY 1, 2, 3, 4
), debit AS (
    SELECT e.payment_id AS payment, CASE WHEN e.binding_id IS NULL THEN 'own' ELSE 'aid' END AS source, 'bnd_' || e.binding_id AS binding_id,
           e.bucket::text AS bucket, -sum(e.amount_fen) AS fen
      FROM gongji.ledger_entry e
     WHERE e.account = 'personal' AND e.kind = 'premium'
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
  FROM (SELECT * FROM gongji.payment WHERE status = 'succeeded') p
  LEFT JOIN parts s ON s.payment = p.id
  FULL JOIN fund f ON f.payment = p.id
 WHERE (p.own_fen, p.aid_fen, p.cash_fen) IS DISTINCT FROM (coalesce(s.own_fen, 0), coalesce(s.aid_fen, 0), coalesce(s.cash_fen, 0))
    OR p.payable_fen - p.cash_fen IS DISTINCT FROM coalesce(f.fen, 0)
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
SELECT 'no_negative', gongji.person_label(a.person)
  FROM gongji.account a
 WHERE a.current_fen < 0 OR a.prior_fen < 0
UNION ALL
SELECT 'no_negative', gongji.person_label(e.person) || ' version ' || e.account_version
  FROM gongji.ledger_entry e
 WHERE e.balance_after_fen < 0;
COMMENT ON VIEW gongji.ledger_breach IS 'Every breach of the books there is, by rule and by the person, payment, binding or movement it is about (ids only); empty when all is well';
