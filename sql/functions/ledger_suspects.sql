CREATE OR REPLACE FUNCTION gongji.ledger_suspects() RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    WITH breach AS MATERIALIZED (
        SELECT DISTINCT b.subject, split_part(b.subject, ' ', 1) AS kind, split_part(b.subject, ' ', 2) AS name, nullif(split_part(b.subject, ' ', 3), '') AS source
          FROM gongji.ledger_breach b
    ), party AS ( -- whose money a payment named in a breach took, holds or gave back, and through which binding, as payment, entries, holds and refund tell
        SELECT b.name, coalesce(l.leg ->> 'binding_id', 'own') AS source, coalesce(g.grantor, y.insured) AS person
          FROM breach b
          JOIN gongji.payment y ON b.kind = 'payment' AND b.name = 'pay_' || y.id
         CROSS JOIN LATERAL (SELECT jsonb_array_elements(y.legs)
                              UNION ALL
                             SELECT jsonb_array_elements(r.legs) FROM gongji.refund r WHERE r.insured = y.insured AND r.payment_id = y.id AND r.whole) AS l (leg)
          LEFT JOIN gongji.binding g ON 'bnd_' || g.id = l.leg ->> 'binding_id' AND g.beneficiary = y.insured
         WHERE l.leg ->> 'source' IN ('own', 'aid')
         UNION
        SELECT b.name, coalesce('bnd_' || e.binding_id, 'own'), e.person
          FROM breach b
          JOIN gongji.ledger_entry e ON b.kind = 'payment' AND b.name = 'pay_' || e.payment_id
         WHERE e.account = 'personal'
         UNION
        SELECT b.name, coalesce('bnd_' || h.binding_id, 'own'), h.person
          FROM breach b
          JOIN gongji.hold h ON b.kind = 'payment' AND b.name = 'pay_' || h.payment_id
    ), suspect AS (
        SELECT CASE WHEN b.subject ~ '^person key [0-9]+' THEN split_part(b.subject, ' ', 3)::bigint ELSE k.person END AS person
          FROM breach b
          LEFT JOIN gongji.person_no_key k ON k.person_no = b.name
         WHERE b.kind = 'person'
         UNION
        SELECT e.person
          FROM gongji.ledger_entry e
          JOIN breach b ON b.kind = 'movement' AND b.name = e.movement_id::text
         WHERE e.account = 'personal'
         UNION
        SELECT p.person
          FROM party p
          JOIN breach b ON b.kind = 'payment' AND b.name = p.name AND coalesce(b.source, p.source) = p.source
         UNION -- a settlement of which nothing else is left
        SELECT s.insured
          FROM breach b
          JOIN gongji.medical_settlement s ON b.kind = 'payment' AND b.name = 'pay_' || s.payment_id
         WHERE NOT EXISTS (SELECT FROM gongji.payment y WHERE y.id = s.payment_id AND y.insured = s.insured)
    )
    SELECT coalesce(array_agg(s.person ORDER BY s.person), '{}')
      FROM suspect s
     WHERE s.person IS NOT NULL
$$;
COMMENT ON FUNCTION gongji.ledger_suspects() IS
    'The people whose accounts the proof names (F20), no others: directly, or through a movement, a payment, a hold, a refund or a settlement, and there only the account that differs where the breach says which';
