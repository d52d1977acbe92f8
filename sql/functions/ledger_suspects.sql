CREATE OR REPLACE FUNCTION gongji.ledger_suspects() RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    WITH breach AS MATERIALIZED (
        SELECT DISTINCT b.subject, split_part(b.subject, ' ', 1) AS kind, split_part(b.subject, ' ', 2) AS name
          FROM gongji.ledger_breach b
    ), suspect AS (
        SELECT CASE WHEN b.subject ~ '^person key [0-9]+$' THEN split_part(b.subject, ' ', 3)::bigint ELSE k.person END AS person
          FROM breach b
          LEFT JOIN gongji.person_no_key k ON k.person_no = b.name
         WHERE b.kind = 'person'
         UNION
        SELECT e.person
          FROM gongji.ledger_entry e
          JOIN breach b ON (b.kind = 'movement' AND b.name = e.movement_id::text) OR (b.kind = 'payment' AND b.name = 'pay_' || e.payment_id)
         WHERE e.account = 'personal'
         UNION -- an entry may be what is missing: whoever the payment says it took from
        SELECT coalesce(g.grantor, y.insured)
          FROM breach b
          JOIN gongji.payment y ON b.kind = 'payment' AND b.name = 'pay_' || y.id
         CROSS JOIN jsonb_array_elements(y.legs) l
          LEFT JOIN gongji.binding g ON 'bnd_' || g.id = l ->> 'binding_id' AND g.beneficiary = y.insured
         WHERE l ->> 'source' IN ('own', 'aid')
    )
    SELECT coalesce(array_agg(s.person ORDER BY s.person), '{}')
      FROM suspect s
     WHERE s.person IS NOT NULL
$$;
COMMENT ON FUNCTION gongji.ledger_suspects() IS
    'The people whose accounts the proof names (F20): directly, or through a movement or a payment that took from them';
