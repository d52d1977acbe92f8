-- A town of 100,000 people in families of four, with their money, bindings, payments and everything that grows beside them, for tests
-- of plans and sizes: books that prove, made in seconds. Needs fixture.sql. Father f<n>, mother m<n>, children a<n> and b<n>.
CREATE TEMP TABLE family AS
SELECT n, 4 * n - 3 AS father, 4 * n - 2 AS mother, 4 * n - 1 AS a, 4 * n AS b, timestamptz '2026-01-05 09:00+08' + n * interval '1 minute' AS at
  FROM generate_series(1, 25000) n;
CREATE TEMP TABLE member AS
SELECT m.person, m.no, m.scheme, f.n, f.at
  FROM family f
 CROSS JOIN LATERAL (VALUES (father, 'f' || n, 'employee'), (mother, 'm' || n, 'employee'), (a, 'a' || n, 'resident'), (b, 'b' || n, 'resident')) AS m (person, no, scheme);

INSERT INTO gongji.person (id, person_no, name_sealed, id_number_sealed, name_mask, id_number_mask, name_digest, birth_date, area, scheme, status, person_class,
                           created_at, updated_at)
SELECT m.person, m.no, repeat('s', 60), repeat('s', 70), '张*', '340*************1X', md5('name' || m.no),
       CASE m.scheme WHEN 'employee' THEN date '1985-03-12' ELSE '2019-04-01' END, CASE WHEN m.n % 20 = 0 THEN '350100' ELSE '340500' END, m.scheme, 'normal', 'general',
       m.at, m.at
  FROM member m;
INSERT INTO gongji.person_no_key SELECT m.no, m.person FROM member m;
INSERT INTO gongji.person_identity SELECT 'id:' || m.no, 'k1', 'match:' || m.no, m.person FROM member m;
INSERT INTO gongji.enrollment SELECT m.person, y, true, 'registry', m.at FROM member m CROSS JOIN generate_series(2025, 2026) y WHERE m.scheme = 'resident';
INSERT INTO gongji.identity_failure SELECT m.person, '2026-01-06', 1 FROM member m WHERE m.n % 5 = 0;

-- Both parents got 3000.00 of earlier years; the father's first payment, for child a and benefit year 2026, took 400.00 of it in three families of four.
INSERT INTO gongji.contribution
SELECT m.person, '2025', md5('contribution' || m.person)::uuid, 300000, 2025, '{}' FROM member m WHERE m.scheme = 'employee';
INSERT INTO gongji.account (person, prior_fen, current_year, version)
SELECT m.person, CASE WHEN m.scheme = 'resident' THEN 0 WHEN m.no LIKE 'f%' AND m.n % 4 <> 0 THEN 260000 ELSE 300000 END, 2026,
       CASE WHEN m.scheme = 'resident' THEN 0 WHEN m.no LIKE 'f%' AND m.n % 4 <> 0 THEN 2 ELSE 1 END
  FROM member m;
INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on)
SELECT c.person, l.account::gongji.ledger_account, 'contribution', l.bucket::gongji.ledger_bucket, 2025, c.movement_id, l.fen, l.balance, l.version, '2026-01-02 09:00+08', '2026-01-02'
  FROM gongji.contribution c
 CROSS JOIN (VALUES ('personal', 'prior_year', 300000, 300000, 1), ('contribution_clearing', NULL, -300000, NULL, NULL)) AS l (account, bucket, fen, balance, version);
INSERT INTO gongji.ledger_entry (person, account, kind, bucket, money_year, movement_id, amount_fen, balance_after_fen, account_version, at, effective_on, payment_id,
                                 binding_id, insured, use, for_whom)
SELECT CASE l.account WHEN 'personal' THEN f.father ELSE f.a END, l.account::gongji.ledger_account, 'premium', l.bucket::gongji.ledger_bucket, 2025, md5('payment' || f.n)::uuid,
       l.fen, l.balance, l.version, f.at, gongji.date_cn(f.at), md5('payment' || f.n)::uuid,
       CASE l.account WHEN 'personal' THEN md5('binding' || f.father || ':' || f.a)::uuid END, f.a, 'resident_premium', 'relative'
  FROM family f
 CROSS JOIN (VALUES ('personal', 'prior_year', -40000, 260000, 2), ('premium_fund', NULL, 40000, NULL, NULL)) AS l (account, bucket, fen, balance, version)
 WHERE f.n % 4 <> 0;
INSERT INTO gongji.payment (id, insured, payer, status, use, benefit_year, product, payable_fen, own_fen, aid_fen, cash_fen, legs, coverage, policy_version, standard_version,
                            receipt_no, channel, created_at)
SELECT md5('payment' || f.n)::uuid, f.a, f.father, 'succeeded', 'resident_premium', 2026, 'resident_basic', 40000, 0, 40000, 0,
       jsonb_build_array(jsonb_build_object('source', 'aid', 'bucket', 'prior_year', 'amount_fen', 40000, 'binding_id', 'bnd_' || md5('binding' || f.father || ':' || f.a)::uuid)),
       '{}', 0, 0, 'R' || f.n, 'web_hall', f.at
  FROM family f WHERE f.n % 4 <> 0;
-- Child b of every family was once at the hospital and paid in cash; its father may show a's credential, and once showed b's without a link.
INSERT INTO gongji.institution (code, name, kind, area, designated_from, updated_at) VALUES ('H1', '某医院', 'hospital', '340500', '2020-01-01', now());
INSERT INTO gongji.payment (id, insured, payer, status, use, payable_fen, own_fen, aid_fen, cash_fen, legs, policy_version, receipt_no, channel, created_at)
SELECT md5('care' || f.n)::uuid, f.b, f.b, 'succeeded', 'outpatient', 100, 0, 0, 100, '[{"source": "cash", "amount_fen": 100, "use": "outpatient"}]', 0, 'C' || f.n, 'his', f.at
  FROM family f;
INSERT INTO gongji.medical_settlement (payment_id, insured, institution, settlement_no, credential_kind, items)
SELECT md5('care' || f.n)::uuid, f.b, 'H1', 's' || f.n, 'card', '[{"use": "outpatient", "amount_fen": 100, "fund_paid_fen": 0, "out_of_scope_fen": 0}]' FROM family f;
INSERT INTO gongji.settlement_key SELECT md5('H1' || E'\n' || 's' || f.n)::uuid, f.b, md5('care' || f.n)::uuid FROM family f;
INSERT INTO gongji.incident (patient, id, at, kind, institution, settlement_no, patient_no, credential_holder, credential_kind, presented_by)
SELECT f.b, md5('incident' || f.n)::uuid, f.at, 'presenter_not_linked', 'H1', 'i' || f.n, 'b' || f.n, 'b' || f.n, 'card', 'f' || f.n FROM family f;
INSERT INTO gongji.credential_link (id, member, holder, created_at) SELECT md5('link' || f.n)::uuid, f.a, f.father, f.at FROM family f;
INSERT INTO gongji.settlement_suspension SELECT f.mother, '2026-01-01', '2026-06-30', 'test', f.at FROM family f;
INSERT INTO gongji.quote
SELECT md5('quote' || m.person)::uuid, m.person, m.person, 2026, 'resident_basic', 1, m.at, m.at + interval '15 minutes', 'x', '{}' FROM member m WHERE m.scheme = 'resident';

-- Each parent is bound to each child; of every 50th family child b's binding to its mother still waits for review.
CREATE TEMP TABLE bond AS
SELECT md5('binding' || g.person || ':' || c.person)::uuid AS id, c.person AS beneficiary, g.person AS grantor, g.n, g.at, g.no LIKE 'm%' AND c.no LIKE 'b%' AND g.n % 50 = 0 AS waits,
       CASE WHEN g.no LIKE 'f%' THEN 1 ELSE 2 END AS priority
  FROM member g JOIN member c ON c.n = g.n AND c.scheme = 'resident' WHERE g.scheme = 'employee';
INSERT INTO gongji.binding (id, beneficiary, grantor, relation, status, priority, notice_version, created_at, effective_at, issuer, channel, applied_by, policy_version)
SELECT b.id, b.beneficiary, b.grantor, 'child', CASE WHEN b.waits THEN 'pending_review' ELSE 'active' END, b.priority, '2025-1', b.at, CASE WHEN NOT b.waits THEN b.at END,
       'dev', 'web_hall', 'someone', 0
  FROM bond b;
INSERT INTO gongji.relation_record SELECT b.grantor, b.beneficiary, '{child}', b.at, 'town' FROM bond b;
INSERT INTO gongji.binding_by_grantor SELECT b.grantor, b.id, b.beneficiary FROM bond b;
INSERT INTO gongji.binding_event (beneficiary, binding_id, n, at, event, status, by) SELECT b.beneficiary, b.id, 1, b.at, 'applied', 'active', 'town' FROM bond b;
INSERT INTO gongji.review (beneficiary, binding_id, area, mode, state, queued_at, due_at, decision, decided_at)
SELECT b.beneficiary, b.id, CASE WHEN b.n % 20 = 0 THEN '350100' ELSE '340500' END, 'manual', CASE WHEN b.waits THEN 'queued' ELSE 'decided' END, b.at, b.at + interval '3 days', CASE WHEN NOT b.waits THEN 'approve' END, b.at
  FROM bond b;
INSERT INTO gongji.evidence (id, owner, type, media_type, sha256, size, content_sealed, uploaded_by, created_at)
SELECT md5('evidence' || m.person)::uuid, m.person, 'other', 'image/png', repeat('a', 64), 8, 'sealed', m.no, m.at FROM member m WHERE m.scheme = 'employee';
INSERT INTO gongji.binding_evidence SELECT b.beneficiary, b.id, md5('evidence' || b.grantor)::uuid, b.at FROM bond b;

-- A second payment by the father needed cash: of every 50th family it still waits, the others' was cancelled, and its late cash went back.
CREATE TEMP TABLE late AS
SELECT f.*, md5('waiting' || f.n)::uuid AS id, md5('binding' || f.father || ':' || f.a)::uuid AS binding, f.n % 50 = 1 AS waits FROM family f;
INSERT INTO gongji.payment (id, insured, payer, status, use, benefit_year, product, payable_fen, own_fen, aid_fen, cash_fen, legs, coverage, policy_version, standard_version,
                            channel, created_at, area, cash_channel, cash_expires_at)
SELECT l.id, l.a, l.father, CASE WHEN l.waits THEN 'awaiting_cash' ELSE 'cancelled' END, 'resident_premium', 2025, 'resident_basic', 40000, 0, 1, 39999,
       jsonb_build_array(jsonb_build_object('source', 'aid', 'bucket', 'prior_year', 'amount_fen', 1, 'binding_id', 'bnd_' || l.binding),
                         jsonb_build_object('source', 'cash', 'amount_fen', 39999)), '{}', 0, 0, 'web_hall', l.at, '340500', 'counter', l.at + interval '30 minutes'
  FROM late l;
INSERT INTO gongji.hold SELECT l.father, l.id, 1, l.a, l.binding, 'prior_year', 2025, 1, '340500', 0, CASE WHEN l.waits THEN 'held' ELSE 'released' END FROM late l;
UPDATE gongji.account a SET held_prior_fen = 1 FROM late l WHERE a.person = l.father AND l.waits;
INSERT INTO gongji.payment_event SELECT l.a, l.id, 1, l.at, 'cancelled', 'cancelled', 'system', NULL, NULL, NULL, '{}' FROM late l WHERE NOT l.waits;
INSERT INTO gongji.cash_transaction
SELECT 'counter', 'late' || l.n, md5('cash' || l.n)::uuid, l.a, l.id, replace(l.id::text, '-', ''), 39999, l.at, l.at, 'dev/backend', 'to_refund' FROM late l WHERE NOT l.waits;
INSERT INTO gongji.refund (id, insured, payment_id, whole, reason_code, status, legs, account_fen, cash_fen, cash_channel, transaction_id, out_refund_no, requested_by,
                           created_at, finished_at)
SELECT md5('refund' || l.n)::uuid, l.a, l.id, false, 'late_cash', 'succeeded', '[{"source": "cash", "amount_fen": 39999}]', 0, 39999, 'counter', 'late' || l.n,
       md5('refund' || l.n), 'system', l.at, l.at FROM late l WHERE NOT l.waits;

INSERT INTO gongji.idempotency_key SELECT md5('key' || m.person)::uuid, 'request', 'CREATED', NULL, '{}', m.at FROM member m;
INSERT INTO gongji.audit_log (person, at, action, subject) SELECT m.person, m.at, 'person.put', 'op' FROM member m;
INSERT INTO gongji.outbox (person, at, type, payload) SELECT m.person, m.at, 'person.changed', '{}' FROM member m;
INSERT INTO gongji.account_closure SELECT m.person, md5('closure' || m.person)::uuid, 0, 'x', 'sealed', 'op', m.at, '{}' FROM member m;
-- All events but the last hundreds were told, to one of a hundred webhooks; every thousandth is still on its way there.
UPDATE gongji.outbox o SET position = o.id, event_id = gongji.event_uuid(o.at, o.id), channel = 'web_hall' WHERE o.id % 300 <> 0;
UPDATE gongji.event_feed SET position = (SELECT max(o.position) FROM gongji.outbox o);
INSERT INTO gongji.webhook SELECT md5('webhook' || n)::uuid, 'c' || n, 'https://hooks.example', NULL, 'sealed', 'backend', '2026-01-01' FROM generate_series(0, 99) n;
INSERT INTO gongji.webhook_delivery SELECT md5('webhook' || m.n % 100)::uuid, o.event_id, o.person, o.id, CASE WHEN o.id % 1000 = 1 THEN 'pending' ELSE 'delivered' END, 1, m.at
  FROM gongji.outbox o JOIN member m ON m.person = o.person WHERE o.event_id IS NOT NULL;
INSERT INTO gongji.webhook_attempt SELECT d.webhook_id, d.event_id, 1, d.next_at, 204, NULL, 5 FROM gongji.webhook_delivery d;
SELECT setval('gongji.person_id', 100000);
DROP TABLE family, member, bond, late;
ANALYZE;
