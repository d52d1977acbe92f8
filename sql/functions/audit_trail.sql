CREATE OR REPLACE FUNCTION gongji.audit_trail(p_person bigint)
RETURNS TABLE (id text, at timestamptz, action text, person bigint, issuer text, subject text, actor text, channel text, reason text, request_id text, details jsonb)
LANGUAGE sql STABLE AS $$
    SELECT 'aud_' || l.id, l.at, l.action, l.person, l.issuer, l.subject, l.actor, l.channel, l.reason, l.request_id, l.details
      FROM gongji.audit_log l
     WHERE l.person = p_person
     UNION ALL -- a payment is its own record: the hot path writes no second one
    SELECT 'pay_' || y.id, y.created_at, 'payment.create', y.insured, NULL, c.person_no, y.actor, y.channel, NULL, NULL,
           jsonb_build_object('payment_id', 'pay_' || y.id)
      FROM gongji.payment y
      JOIN gongji.person c ON c.id = y.payer
     WHERE y.insured = p_person
     UNION ALL
    SELECT 'ent_' || e.id, e.at, 'account.draw', e.person, NULL, c.person_no, y.actor, y.channel, NULL, NULL,
           jsonb_build_object('payment_id', 'pay_' || y.id, 'binding_id', 'bnd_' || e.binding_id)
      FROM gongji.ledger_entry e
      JOIN gongji.payment y ON y.id = e.payment_id AND y.insured = e.insured
      JOIN gongji.person c ON c.id = y.payer
     WHERE e.person = p_person AND e.account = 'personal' AND e.kind = 'premium' AND e.binding_id IS NOT NULL
$$;
COMMENT ON FUNCTION gongji.audit_trail(bigint) IS
    'Everything recorded about one person (F18, S0-45): reads and changes by staff and by the person, the payments for the person, and what payments took from the person''s account for relatives';
